import { matchesArn, matchesWildcard } from './wildcard.ts';

type Test = (expected: string, actual: string) => boolean;

/** How one accepted value is compared with one value of the request. */
export interface Operator {
  readonly test: Test;
  /** Holds when no expected value matches, and when the key is absent. */
  readonly negated?: boolean;
}

const equals: Test = (expected, actual) => expected === actual;
const equalsIgnoringCase: Test = (expected, actual) => expected.toLowerCase() === actual.toLowerCase();
const numeric = (compare: (actual: number, expected: number) => boolean): Operator => ({
  test: (expected, actual) => compare(Number(actual), Number(expected)),
});
const date = (compare: (actual: number, expected: number) => boolean): Operator => ({
  test: (expected, actual) => compare(instant(actual), instant(expected)),
});

/** The condition operators of IAM, without set quantifiers and `IfExists`. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { test: equals },
  StringNotEquals: { test: equals, negated: true },
  StringEqualsIgnoreCase: { test: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { test: equalsIgnoringCase, negated: true },
  StringLike: { test: matchesWildcard },
  StringNotLike: { test: matchesWildcard, negated: true },
  ArnEquals: { test: matchesArn },
  ArnLike: { test: matchesArn },
  ArnNotEquals: { test: matchesArn, negated: true },
  ArnNotLike: { test: matchesArn, negated: true },
  Bool: { test: equalsIgnoringCase },
  BinaryEquals: { test: equals },
  NumericEquals: numeric((a, b) => a === b),
  NumericNotEquals: { ...numeric((a, b) => a === b), negated: true },
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  DateEquals: date((a, b) => a === b),
  DateNotEquals: { ...date((a, b) => a === b), negated: true },
  DateLessThan: date((a, b) => a < b),
  DateLessThanEquals: date((a, b) => a <= b),
  DateGreaterThan: date((a, b) => a > b),
  DateGreaterThanEquals: date((a, b) => a >= b),
  IpAddress: { test: inNetwork },
  NotIpAddress: { test: inNetwork, negated: true },
};

/** Whether IAM has a condition operator of that name, set quantifier and `IfExists` included. */
export function isConditionOperator(name: string): boolean {
  const { operatorName } = parseOperatorName(name);
  return operatorName === 'Null' || operatorName in OPERATORS;
}

/** Takes an operator's name apart: `ForAnyValue:StringLikeIfExists`. */
export function parseOperatorName(name: string): { quantifier?: 'ForAllValues' | 'ForAnyValue'; operatorName: string; ifExists: boolean } {
  const colon = name.indexOf(':');
  const prefix = name.slice(0, Math.max(colon, 0));
  const rest = prefix === 'ForAllValues' || prefix === 'ForAnyValue' ? name.slice(colon + 1) : name;
  const ifExists = rest.endsWith('IfExists');
  return {
    ...(prefix === 'ForAllValues' || prefix === 'ForAnyValue' ? { quantifier: prefix } : {}),
    operatorName: ifExists ? rest.slice(0, -'IfExists'.length) : rest,
    ifExists,
  };
}

function instant(value: string): number {
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
}

function inNetwork(network: string, address: string): boolean {
  const [base = '', length = '32'] = network.split('/');
  const expected = ipv4(base);
  const actual = ipv4(address);
  if (expected === undefined || actual === undefined) return network === address;
  const bits = Number(length);
  return bits === 0 || expected >>> (32 - bits) === actual >>> (32 - bits);
}

function ipv4(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => ((sum << 8) | part) >>> 0, 0);
}
