import { comparableNumber } from './comparable-number.ts';
import { type IpAddress, type IpRange, ipInRange, parseIp } from './ip-address.ts';

/** A leaf of an event: a string's content, or a number, `true`, `false` or `null` as written. */
export interface LeafValue {
  readonly kind: 'string' | 'number' | 'literal';
  readonly text: string;
  /** The number's value, when doubles hold it exactly. */
  readonly number: number | undefined;
}

/** Decides whether a leaf has one of the values that a pattern's list names. */
export type ValueMatcher = (leaf: LeafValue) => boolean;

export const anyValue: ValueMatcher = () => true;

/** A string as it stands: unlike a listed value, an address equals only its own spelling. */
export function exactText(text: string): ValueMatcher {
  return (leaf) => leaf.kind === 'string' && leaf.text === text;
}

/** A string that a pattern's list names. */
export function exactString(text: string): ValueMatcher {
  const address = parseIp(text);
  // An address equals every spelling of itself.
  if (address) return ipMatcher({ bits: address.bits, low: address.value, high: address.value });
  return exactText(text);
}

export function exactNumber(text: string): ValueMatcher {
  const number = comparableNumber(text);
  if (number === undefined) return (leaf) => leaf.kind === 'number' && leaf.text === text;
  return (leaf) => leaf.number === number;
}

export function exactLiteral(text: string): ValueMatcher {
  return (leaf) => leaf.kind === 'literal' && leaf.text === text;
}

export function ipMatcher(range: IpRange): ValueMatcher {
  return (leaf) => {
    const address: IpAddress | undefined = leaf.kind === 'string' ? parseIp(leaf.text) : undefined;
    return address !== undefined && ipInRange(address, range);
  };
}

export function stringMatcher(test: (text: string) => boolean): ValueMatcher {
  return (leaf) => leaf.kind === 'string' && test(leaf.text);
}

export function numberMatcher(test: (value: number) => boolean): ValueMatcher {
  return (leaf) => leaf.number !== undefined && test(leaf.number);
}

/** Everything that none of `excluded` matches, values of other types included. */
export function anythingBut(excluded: readonly ValueMatcher[]): ValueMatcher {
  return (leaf) => !excluded.some((matches) => matches(leaf));
}

/** What begins (`prefix`) or ends (`suffix`) with a text. */
export function affix(name: string, text: string): ValueMatcher {
  return stringMatcher(name === 'prefix' ? (value) => value.startsWith(text) : (value) => value.endsWith(text));
}
