import { createHash } from 'node:crypto';
import { isArray, isObject, type Json, parseJson, sameJson } from '../json.ts';
import { IntrinsicFailure } from './failure.ts';
import { formatText } from './format.ts';

/** What functions draw from: chance, as the cloud's seed gives it. */
export interface Chance {
  random(): number;
  uuid(): string;
}

type Function = (values: readonly Json[], chance: Chance) => Json;

const ENCODED_LIMIT = 10_000;
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** The intrinsic functions of the Amazon States Language, with the number of arguments that each takes. */
export const FUNCTIONS: Readonly<Record<string, { readonly least: number; readonly most: number; readonly apply: Function }>> = {
  Format: takes(1, Number.POSITIVE_INFINITY, formatText),
  StringToJson: takes(1, 1, ([text]) => toJson(text)),
  JsonToString: takes(1, 1, ([value]) => JSON.stringify(value)),
  Array: takes(0, Number.POSITIVE_INFINITY, (values) => [...values]),
  ArrayPartition: takes(2, 2, ([list, size]) => partition(array(list), integer(size))),
  ArrayContains: takes(2, 2, ([list, value]) => array(list).some((item) => sameJson(item, value ?? null))),
  ArrayRange: takes(3, 3, ([first, last, step]) => range(integer(first), integer(last), integer(step))),
  ArrayGetItem: takes(2, 2, ([list, index]) => itemAt(array(list), integer(index))),
  ArrayLength: takes(1, 1, ([list]) => array(list).length),
  ArrayUnique: takes(1, 1, ([list]) => unique(array(list))),
  Base64Encode: takes(1, 1, ([text]) => Buffer.from(limited(string(text))).toString('base64')),
  Base64Decode: takes(1, 1, ([text]) => decode(limited(string(text)))),
  Hash: takes(2, 2, ([value, algorithm]) => hash(value ?? null, string(algorithm))),
  JsonMerge: takes(3, 3, ([first, second, deep]) => merge(first, second, deep)),
  MathRandom: takes(2, 3, ([from, to, seed], chance) => between(integer(from), integer(to), seed, chance)),
  MathAdd: takes(2, 2, ([a, b]) => integer(a) + integer(b)),
  StringSplit: takes(2, 2, ([text, separators]) => split(string(text), string(separators))),
  UUID: takes(0, 0, (_, chance) => chance.uuid()),
};

function takes(least: number, most: number, apply: Function): { least: number; most: number; apply: Function } {
  return { least, most, apply };
}

function toJson(text: Json | undefined): Json {
  const json = string(text);
  if (json.trim() === '') return null;
  const parsed = parseJson(json);
  if (!parsed.ok) throw new IntrinsicFailure(`The text is not valid JSON: ${parsed.problem}`);
  return parsed.value;
}

function partition(list: readonly Json[], size: number): Json {
  if (size <= 0) throw new IntrinsicFailure(`The chunk size must be positive, but was ${size}`);
  const chunks: Json[] = [];
  for (let at = 0; at < list.length; at += size) chunks.push(list.slice(at, at + size));
  return chunks;
}

function range(first: number, last: number, step: number): Json {
  if (step === 0) throw new IntrinsicFailure('The step of a range must not be zero');
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  if (count > 1000) throw new IntrinsicFailure('A range holds at most 1000 elements');
  return Array.from({ length: count }, (_, at) => first + at * step);
}

function itemAt(list: readonly Json[], index: number): Json {
  const item = index < 0 ? undefined : list[index];
  if (item === undefined) throw new IntrinsicFailure(`The index ${index} is out of bounds for an array of length ${list.length}`);
  return item;
}

function unique(list: readonly Json[]): Json {
  return list.filter((item, at) => list.findIndex((other) => sameJson(other, item)) === at);
}

function decode(text: string): string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new IntrinsicFailure('The text is not valid Base64');
  return Buffer.from(text, 'base64').toString('utf8');
}

function hash(value: Json, algorithm: string): string {
  const name = HASHES[algorithm];
  if (name === undefined) throw new IntrinsicFailure(`The algorithm must be one of ${Object.keys(HASHES).join(', ')}`);
  const text = limited(typeof value === 'string' ? value : JSON.stringify(value));
  return createHash(name).update(text).digest('hex');
}

function merge(first: Json | undefined, second: Json | undefined, deep: Json | undefined): Json {
  if (!isObject(first) || !isObject(second)) throw new IntrinsicFailure('The first two arguments must be JSON objects');
  if (deep !== false) throw new IntrinsicFailure('Only shallow merging is supported: the third argument must be false');
  return { ...first, ...second };
}

function between(from: number, to: number, seed: Json | undefined, chance: Chance): number {
  if (to <= from) throw new IntrinsicFailure('The end of the interval must be greater than its start');
  const draw = seed === undefined ? chance.random() : seededDraw(integer(seed));
  return from + Math.floor(draw * (to - from));
}

/** One draw of the generator that Java's `Random` is, which AWS uses where a seed is given. */
export function seededDraw(seed: number): number {
  const mask = (1n << 48n) - 1n;
  let state = (BigInt(Math.trunc(seed)) ^ 0x5deece66dn) & mask;
  const next = (bits: bigint): bigint => {
    state = (state * 0x5deece66dn + 0xbn) & mask;
    return state >> (48n - bits);
  };
  return Number((next(26n) << 27n) + next(27n)) / 2 ** 53;
}

/** Each character of `separators` separates; empty parts are left out. */
function split(text: string, separators: string): Json {
  const parts: string[] = [''];
  for (const char of text) {
    if (separators.includes(char)) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.filter((part) => part !== '');
}

function array(value: Json | undefined): readonly Json[] {
  if (!isArray(value)) throw new IntrinsicFailure('The argument must be an array');
  return value;
}

function string(value: Json | undefined): string {
  if (typeof value !== 'string') throw new IntrinsicFailure('The argument must be a string');
  return value;
}

function integer(value: Json | undefined): number {
  if (typeof value !== 'number') throw new IntrinsicFailure('The argument must be a number');
  return Math.round(value);
}

function limited(text: string): string {
  if (text.length > ENCODED_LIMIT) throw new IntrinsicFailure(`The text is longer than ${ENCODED_LIMIT} characters`);
  return text;
}
