import fc from 'fast-check';
import type { Member, Shape, StructureShape } from '../../../local/wire/model/shape.ts';

/** What a protocol cannot carry, and so values must not have. */
export interface Limits {
  /** Empty lists and maps vanish in forms and XML. */
  readonly emptyCollections: boolean;
  /** Members that the SDK or the protocol gives another meaning. */
  readonly skip: (member: Member, structure: StructureShape) => boolean;
}

const DEPTH = 4;
const TIMES = { min: new Date('1990-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true };

/** Text that trips up encoders, but is legal in XML. */
const richText = fc.oneof(
  fc.constantFrom(
    'plain',
    'a b&c<d>"e\'f',
    'line\nbreak',
    'tab\tand\rreturn',
    'snow☃ 日本語 🜂',
    '100%+?=&',
    '{"a":[1]}',
    ' padded ',
    'ünï',
  ),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => !/[\p{Cc}\p{Zl}\p{Zp}\p{Cn}]/u.test(text) && text.trim() !== ''),
);
/** Text that a path segment, query or header carries unchanged. */
const plainText = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,15}$/);
const labelText = fc.oneof(plainText, fc.constantFrom('arn:aws:lambda:us-east-1:000000000000:function:f', 'a b', 'ü☃', "it's(1)"));
const keyText = fc.oneof(labelText, fc.constantFrom('a/b//c', 'x/ü☃/y', 'dir/', 'a+b=c&d?e#f'));
const wholeSeconds = fc.date(TIMES).map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000));

/** Values of a structure, with every required member and, if `full`, with every other one as well. */
export function arbitraryInput(shape: Shape, limits: Limits, full: boolean): fc.Arbitrary<Record<string, unknown>> {
  return shape.kind === 'structure' ? structure(shape, limits, full, 0) : fc.constant({});
}

function structure(shape: StructureShape, limits: Limits, full: boolean, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const members = [...shape.members.values()].filter((member) => !limits.skip(member, shape) && (depth < DEPTH || isFlat(member.shape)));
  const entry = (member: Member) => place(member, limits, full, depth + 1);
  if (shape.union) return fc.oneof(...members.map((member) => entry(member).map((value) => ({ [member.name]: value }))));
  // The SDK makes up the tokens it is not given, and sends an empty document for a payload that is not there.
  const always = ({ required, traits }: Member) => required || traits.idempotencyToken || traits.httpPayload;
  const wanted = members.filter((member) => full || always(member));
  const kept = wanted.length > 0 || limits.emptyCollections ? wanted : members.slice(0, 1);
  return fc.record(Object.fromEntries(kept.map((member) => [member.name, entry(member)])));
}

/** A member's value, as its place in the request allows. */
function place(member: Member, limits: Limits, full: boolean, depth: number): fc.Arbitrary<unknown> {
  const { shape, traits } = member;
  if (traits.httpPrefixHeaders) {
    return fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), plainText, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
  }
  if (traits.httpHeader || traits.httpQuery || traits.httpLabel || traits.httpResponseCode) {
    if (traits.httpResponseCode) return fc.constantFrom(200, 202);
    if (member.name === 'Bucket') return fc.stringMatching(/^[a-z][a-z0-9-]{2,12}[a-z]$/);
    if (shape.kind === 'list')
      return fc.array(shape.item.shape.kind === 'string' ? plainText : value(shape.item.shape, limits, full, depth), {
        minLength: 1,
        maxLength: 3,
      });
    if (shape.kind === 'timestamp') return wholeSeconds;
    if (shape.kind === 'string') return traits.httpLabel ? (member.name === 'Key' ? keyText : labelText) : plainText;
  }
  return value(shape, limits, full, depth);
}

function value(shape: Shape, limits: Limits, full: boolean, depth: number): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'string':
      return richText;
    case 'number':
      return fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 2 ** 53 - 1));
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return shape.format === 'http-date' ? wholeSeconds : fc.date(TIMES);
    case 'blob':
      return fc.uint8Array({ minLength: 1, maxLength: 40 });
    case 'document':
      return fc.constantFrom('text', 1.5, true, { a: [1, 'b', null] });
    case 'unit':
      return fc.constant({});
    case 'list': {
      const minLength = limits.emptyCollections ? 0 : 1;
      return fc.array(value(shape.item.shape, limits, full, depth + 1), { minLength, maxLength: 2 });
    }
    case 'map': {
      const minKeys = limits.emptyCollections ? 0 : 1;
      const key = richText.filter((text) => text !== '__proto__');
      return fc.dictionary(key, value(shape.slots.value.shape, limits, full, depth + 1), { minKeys, maxKeys: 2, noNullPrototype: true });
    }
    case 'structure':
      return structure(shape, limits, full && depth < 2, depth);
  }
}

/** Whether a value of that shape ends here. */
function isFlat(shape: Shape): boolean {
  return shape.kind !== 'structure' && shape.kind !== 'list' && shape.kind !== 'map';
}
