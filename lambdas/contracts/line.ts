import type { FieldProblem } from './contract-error.ts';

/** What an event happened to, as far as order goes: sequences count per source and subject. */
export interface Line {
  readonly source: string;
  readonly subject: string;
}

/** A part of a key whose parts are separated by slashes: no slash of its own, and the same for nothing else. */
function part(text: string): string {
  return text.replace(/[%/]/g, (character) => (character === '/' ? '%2F' : '%25'));
}

/** The parts, each as it was, joined by slashes: `pathOf('shop', 'eu/1')` → `shop/eu%2F1`. */
export function pathOf(...parts: readonly string[]): string {
  return parts.map(part).join('/');
}

/** `<source>/<subject>`, in which `/` and `%` of the two are `%2F` and `%25`: different lines have different names. */
export function lineOf({ source, subject }: Line): string {
  return pathOf(source, subject);
}

/** The line of a name that {@link lineOf} made. */
export function lineNamed(name: string): Line {
  const [source = '', subject = ''] = name.split('/').map((text) => text.replaceAll('%2F', '/').replaceAll('%25', '%'));
  return { source, subject };
}

const MOST_SOURCE_BYTES = 256;
/** A sort key of DynamoDB has 1,024 bytes; in the parking table a slash and a sequence of 16 digits follow the line. */
const MOST_LINE_BYTES = 1_024 - 17;
/** An event's own id is its line, a slash and its sequence. */
const MOST_ID_BYTES = 1_024;

/**
 * What is wrong with texts of an event that become keys of DynamoDB: one key that it refuses fails the whole batch it is read in, and two
 * that it takes for the same would make one event the duplicate of another.
 */
export function keyProblems({ id, source, subject }: Line & { readonly id?: string }): FieldProblem[] {
  const [inSource, inSubject] = [Buffer.byteLength(part(source)), Buffer.byteLength(part(subject))];
  return [
    ...(id === undefined ? [] : problemsOf('id', id, Buffer.byteLength(id), MOST_ID_BYTES)),
    ...problemsOf('source', source, inSource, MOST_SOURCE_BYTES),
    ...problemsOf('subject', subject, inSubject, MOST_LINE_BYTES - 1 - Math.min(inSource, MOST_SOURCE_BYTES)),
  ];
}

function problemsOf(field: string, text: string, bytes: number, most: number): FieldProblem[] {
  if (text === '') return [{ field, message: 'must be a non-empty string' }];
  // A lone surrogate has no UTF-8.
  if (/\p{Surrogate}/u.test(text)) return [{ field, message: 'must be well-formed Unicode' }];
  return bytes > most ? [{ field, message: `must have at most ${most} bytes as part of a key` }] : [];
}
