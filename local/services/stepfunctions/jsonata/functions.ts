import { createHash } from 'node:crypto';
import type { Focus } from 'jsonata';
import { seededDraw } from '../intrinsics/functions.ts';

/** The clock and chance that expressions see. */
export interface Surroundings {
  now(): number;
  random(): number;
  uuid(): string;
}

/** An error in a function of AWS's own: its text follows the expression after a colon, as it has no JSONata code. */
export class DialectError extends Error {}

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/**
 * What Step Functions adds to JSONata (`$partition`, `$range`, `$hash`, `$random`, `$uuid`, `$parse`), what it takes away (`$eval`),
 * and the functions that would read the machine's clock.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function dialect(surroundings: Surroundings): Readonly<Record<string, unknown>> {
  const known = dialects.get(surroundings);
  if (known) return known;
  const functions = {
    eval: undefined,
    millis: () => surroundings.now(),
    now: native(function (this: Focus, picture?: string, timezone?: string): unknown {
      return this.environment.lookup('fromMillis').implementation.call(this, surroundings.now(), picture, timezone);
    }),
    uuid: () => surroundings.uuid(),
    random: (seed?: number) => (seed === undefined ? surroundings.random() : seededDraw(seed)),
    hash,
    parse,
    partition,
    range,
  };
  dialects.set(surroundings, functions);
  return functions;
}

const dialects = new WeakMap<Surroundings, Readonly<Record<string, unknown>>>();

/** A function as JSONata's own are kept: called with the environment that it stands in. */
function native(implementation: (this: Focus, ...args: never[]) => unknown): object {
  return { _jsonata_function: true, implementation };
}

function hash(value?: unknown, algorithm?: string): string | undefined {
  if (value === undefined) return undefined;
  const name = HASHES[algorithm ?? ''];
  if (name === undefined) throw new DialectError(`The hash algorithm must be one of ${Object.keys(HASHES).join(', ')}`);
  return createHash(name)
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('hex');
}

function parse(text?: unknown): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(String(text));
  } catch (error) {
    throw new DialectError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function partition(list?: unknown, size?: number): unknown {
  if (list === undefined || size === undefined) return undefined;
  const items = Array.isArray(list) ? list : [list];
  const length = Math.trunc(size);
  if (length <= 0) throw new DialectError('The chunk size must be greater than zero');
  const chunks: unknown[][] = [];
  for (let at = 0; at < items.length; at += length) chunks.push(items.slice(at, at + length));
  return chunks;
}

function range(first?: number, last?: number, step?: number): unknown {
  if (first === undefined || last === undefined || step === undefined) return undefined;
  const [from, to, by] = [Math.trunc(first), Math.trunc(last), Math.trunc(step)];
  if (by === 0) throw new DialectError('The step must not be zero');
  const count = Math.floor((to - from) / by) + 1;
  if (count <= 0) return undefined;
  if (count > 500_000) throw new DialectError('The expression exceeded the memory limit');
  return Array.from({ length: count }, (_, at) => from + at * by);
}
