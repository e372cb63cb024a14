import { LIMITS } from '../limits.ts';
import { combinationsOf, keysOf } from './complexity.ts';
import type { Filter, FilterScope, Literal, Requirement, Rule } from './filter-policy.ts';
import { FilterPolicyError } from './filter-policy-error.ts';
import { parseIp } from './ip-address.ts';
import { parseNumeric } from './parse-numeric.ts';

const OPERATORS = ['anything-but', 'cidr', 'equals-ignore-case', 'exists', 'numeric', 'prefix', 'suffix'];

/**
 * Reads a filter policy.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 * @throws FilterPolicyError saying what SNS has against it
 */
export function parseFilter(json: string, scope: FilterScope): Filter {
  let policy: unknown;
  try {
    policy = JSON.parse(json);
  } catch (error) {
    throw new FilterPolicyError(`failed to parse JSON. ${error instanceof Error ? error.message : ''}`);
  }
  if (!isObject(policy)) throw new FilterPolicyError('Filter is not an object');
  const filter = parseObject(policy, scope);
  if (keysOf(filter) > LIMITS.filterKeys) {
    throw new FilterPolicyError(`Filter policy can not have more than ${LIMITS.filterKeys} keys`);
  }
  if (combinationsOf(filter) > LIMITS.filterCombinations) throw new FilterPolicyError('Filter policy is too complex');
  return filter;
}

function parseObject(policy: Record<string, unknown>, scope: FilterScope): Filter {
  const all: Requirement[] = [];
  const choices: (readonly Filter[])[] = [];
  for (const [key, value] of Object.entries(policy)) {
    if (key === '$or' && isChoice(value)) {
      choices.push(value.map((alternative) => parseObject(alternative, scope)));
    } else if (Array.isArray(value)) {
      if (value.length === 0) throw new FilterPolicyError('Empty arrays are not allowed');
      all.push({ key, rules: value.map(parseRule) });
    } else if (isObject(value)) {
      const nested = parseObject(value, scope);
      if (scope === 'MessageAttributes') {
        throw new FilterPolicyError('Filter policy scope MessageAttributes does not support nested filter policy');
      }
      all.push({ key, nested });
    } else {
      throw new FilterPolicyError(`"${key}" must be an object or an array`);
    }
  }
  return { all, choices };
}

/** `$or` is a key like any other, unless it holds at least two objects, none of which looks like an operator. */
function isChoice(value: unknown): value is Record<string, unknown>[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((alternative) => isObject(alternative) && !Object.keys(alternative).some((key) => OPERATORS.includes(key)))
  );
}

function parseRule(value: unknown): Rule {
  if (isLiteral(value)) return { kind: 'equals', value };
  if (!isObject(value)) throw new FilterPolicyError('Match value must be String, number, true, false, or null');
  const [entry, another] = Object.entries(value);
  if (!entry) throw new FilterPolicyError('Empty objects are not allowed');
  if (another) throw new FilterPolicyError('Only one key allowed in match expression');
  const [operator, operand] = entry;
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw new FilterPolicyError('exists match pattern must be either true or false.');
      return { kind: 'exists', wanted: operand };
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      return { kind: operator, text: textOf(operator, operand) };
    case 'anything-but':
      return parseAnythingBut(operand);
    case 'numeric':
      return { kind: 'numeric', tests: parseNumeric(operand) };
    case 'cidr':
      return parseCidr(textOf('prefix', operand));
    default:
      throw new FilterPolicyError(`Unrecognized match type ${operator}`);
  }
}

function parseAnythingBut(operand: unknown): Rule {
  if (isObject(operand)) {
    const [operator, text] = Object.entries(operand)[0] ?? [];
    if (operator !== 'prefix') throw new FilterPolicyError(`Unsupported anything-but pattern: ${operator}`);
    return { kind: 'anything-but-prefix', text: textOf('prefix', text) };
  }
  const values: unknown[] = Array.isArray(operand) ? operand : [operand];
  const literals = values.filter(isLiteral);
  if (values.length === 0 || literals.length < values.length) {
    throw new FilterPolicyError('Inside anything-but list, start|null|boolean is not supported.');
  }
  return { kind: 'anything-but', values: literals };
}

function parseCidr(text: string): Rule {
  const [base = '', mask, ...rest] = text.split('/');
  if (mask === undefined || rest.length > 0) throw new FilterPolicyError("Malformed CIDR, one '/' required");
  if (!/^\d+$/.test(mask)) throw new FilterPolicyError('Malformed CIDR, mask bits must be an integer');
  const address = parseIp(base);
  if (!address) throw new FilterPolicyError(`Nonstandard IP address: ${base}`);
  const bits = Number(mask);
  if (bits > address.size) throw new FilterPolicyError(`Malformed CIDR, mask bits must not exceed ${address.size}`);
  return { kind: 'cidr', network: address.value >> BigInt(address.size - bits), bits, size: address.size };
}

function textOf(operator: string, operand: unknown): string {
  if (typeof operand !== 'string') throw new FilterPolicyError(`${operator} match pattern must be a string`);
  return operand;
}

function isLiteral(value: unknown): value is Literal {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
