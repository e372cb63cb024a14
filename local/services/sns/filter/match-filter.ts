import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import type { Filter, Literal, NumericTest, Rule } from './filter-policy.ts';
import { parseIp } from './ip-address.ts';

/** Whether the attributes of a message match. Binary attributes are as if they were not there. */
export function matchesAttributes(filter: Filter, attributes: Readonly<Record<string, MessageAttributeValue>>): boolean {
  return matches(filter, (key) => {
    const attribute = attributes[key];
    return attribute ? attributeValues(attribute) : undefined;
  });
}

/** Whether the body of a message matches; one that is not a JSON object does not. */
export function matchesBody(filter: Filter, body: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return false;
  }
  return isObject(value) && matchesObject(filter, value);
}

function matchesObject(filter: Filter, object: Readonly<Record<string, unknown>>): boolean {
  return matches(
    filter,
    (key) => leavesOf(object[key]),
    (key, nested) => {
      const value = object[key];
      // In a list of objects one and the same object must match. What is absent is searched as if it were empty.
      const candidates = Array.isArray(value) ? value : [value ?? {}];
      return candidates.some((candidate) => isObject(candidate) && matchesObject(nested, candidate));
    },
  );
}

function matches(
  filter: Filter,
  valuesOf: (key: string) => readonly Literal[] | undefined,
  matchesNested: (key: string, nested: Filter) => boolean = () => false,
): boolean {
  return (
    filter.all.every((requirement) =>
      'rules' in requirement
        ? requirement.rules.some((rule) => ruleHolds(rule, valuesOf(requirement.key)))
        : matchesNested(requirement.key, requirement.nested),
    ) && filter.choices.every((alternatives) => alternatives.some((alternative) => matches(alternative, valuesOf, matchesNested)))
  );
}

function ruleHolds(rule: Rule, values: readonly Literal[] | undefined): boolean {
  if (rule.kind === 'exists') return (values !== undefined) === rule.wanted;
  return values?.some((value) => valueMatches(rule, value)) ?? false;
}

function valueMatches(rule: Exclude<Rule, { kind: 'exists' }>, value: Literal): boolean {
  switch (rule.kind) {
    case 'equals':
      return value === rule.value;
    case 'anything-but':
      return !rule.values.includes(value);
    case 'numeric':
      return typeof value === 'number' && rule.tests.every((test) => compares(test, value));
    default:
      return typeof value === 'string' && textMatches(rule, value);
  }
}

function textMatches(rule: Exclude<Rule, { kind: 'exists' | 'equals' | 'anything-but' | 'numeric' }>, text: string): boolean {
  switch (rule.kind) {
    case 'prefix':
      return text.startsWith(rule.text);
    case 'suffix':
      return text.endsWith(rule.text);
    case 'equals-ignore-case':
      return text.toLowerCase() === rule.text.toLowerCase();
    case 'anything-but-prefix':
      return !text.startsWith(rule.text);
    case 'cidr': {
      const address = parseIp(text);
      return address?.size === rule.size && address.value >> BigInt(rule.size - rule.bits) === rule.network;
    }
  }
}

function compares({ operator, value: bound }: NumericTest, value: number): boolean {
  switch (operator) {
    case '=':
      return value === bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
  }
}

function attributeValues(attribute: MessageAttributeValue): readonly Literal[] | undefined {
  const text = attribute.StringValue ?? '';
  switch (attribute.DataType) {
    case 'Binary':
      return undefined;
    case 'Number':
      return [Number(text)];
    case 'String.Array':
      return arrayValues(text);
    default:
      return [text];
  }
}

function arrayValues(text: string): readonly Literal[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return leavesOf(parsed) ?? [];
  } catch {
    return [text];
  }
}

/** The plain values of a value or a list; undefined when there are none, as for an object. */
function leavesOf(value: unknown): readonly Literal[] | undefined {
  if (Array.isArray(value)) {
    const leaves = value.flatMap((item) => leavesOf(item) ?? []);
    return leaves.length > 0 ? leaves : undefined;
  }
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [value];
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
