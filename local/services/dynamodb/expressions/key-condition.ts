import { validation } from '../errors.ts';
import { afterPart, escapedPart, type KeyAttribute, type KeySchema, keyText, partitionText, sortPart } from '../storage/schema.ts';
import { type AttributeValue, typeOf } from '../values/attribute-value.ts';
import { conditionTree } from './cache.ts';
import { requireBounds } from './condition.ts';
import type { Path } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import type { Comparator, ComparisonNode, SyntaxNode } from './syntax.ts';

const KIND = 'KeyConditionExpression';

/** A bound of a range of sort keys. */
export interface Bound {
  readonly text: string;
  readonly inclusive: boolean;
}

/** A range of the entries of one partition. */
export interface KeyCondition {
  readonly partition: string;
  readonly low?: Bound;
  readonly high?: Bound;
  /** Sort keys have to begin with it. */
  readonly prefix?: string;
}

type Operator = Comparator | 'BETWEEN' | 'begins_with';

interface Clause {
  readonly name: string;
  readonly operator: Operator;
  readonly values: readonly AttributeValue[];
}

/** A key condition with names and values in place, not yet held against a key schema. */
export interface BoundKeyCondition {
  /** @throws AwsError when it does not ask for exactly one partition of that schema */
  on(keys: KeySchema): KeyCondition;
  /** The value that an attribute has to equal, where the condition says so. */
  equalTo(name: string): AttributeValue | undefined;
}

export function bindKeyCondition(text: string, placeholders: Placeholders): BoundKeyCondition {
  const clauses = clausesOf(conditionTree(KIND, text), placeholders);
  const names = new Set(clauses.map(({ name }) => name));
  if (names.size < clauses.length) throw validation(`Invalid ${KIND}: KeyConditionExpressions must only contain one condition per key`);
  return {
    on: (keys) => conditionOn(keys, clauses),
    equalTo: (wanted) => clauses.find(({ name, operator }) => name === wanted && operator === '=')?.values[0],
  };
}

function clausesOf(node: SyntaxNode, placeholders: Placeholders): Clause[] {
  switch (node.node) {
    case 'and':
      return [...clausesOf(node.left, placeholders), ...clausesOf(node.right, placeholders)];
    case 'comparison':
      if (node.operator === '<>') throw invalidOperator('<>');
      return [comparison(node, placeholders)];
    case 'between': {
      const between = clause('BETWEEN', [node.operand, node.low, node.high], placeholders);
      requireOrdered(between);
      const [low, high] = between.values;
      if (low && high) requireBounds(KIND, low, high);
      return [between];
    }
    case 'function':
      if (node.name !== 'begins_with') throw invalidOperator(node.name);
      return [prefixClause(node.operands, placeholders)];
    case 'in':
      throw invalidOperator('IN');
    default:
      throw invalidOperator(node.node.toUpperCase());
  }
}

function comparison({ operator, left, right }: ComparisonNode, placeholders: Placeholders): Clause {
  const written = clause(operator, [left, right], placeholders);
  if (operator !== '=') requireOrdered({ ...written, operator });
  return written;
}

function prefixClause(operands: readonly SyntaxNode[], placeholders: Placeholders): Clause {
  const prefix = clause('begins_with', operands, placeholders);
  for (const value of prefix.values) if (value.S === undefined && value.B === undefined) throw wrongType('begins_with', value);
  return prefix;
}

function requireOrdered({ operator, values }: Clause): void {
  for (const value of values) if (value.S === undefined && value.N === undefined && value.B === undefined) throw wrongType(operator, value);
}

function wrongType(operator: string, value: AttributeValue): Error {
  return validation(
    `Invalid ${KIND}: Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(value)}`,
  );
}

function invalidOperator(operator: string): Error {
  return validation(`Invalid operator used in KeyConditionExpression: ${operator}`);
}

const MIRRORED: Readonly<Partial<Record<Operator, Operator>>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function clause(operator: Operator, operands: readonly SyntaxNode[], placeholders: Placeholders): Clause {
  const paths: { readonly path: Path; readonly at: number }[] = [];
  const values: AttributeValue[] = [];
  operands.forEach((operand, at) => {
    if (operand.node === 'path') paths.push({ path: placeholders.path(operand, KIND), at });
    else if (operand.node === 'value') values.push(placeholders.value(operand, KIND));
    else throw validation('KeyConditionExpressions cannot contain nested operations');
  });
  const [first, second] = paths;
  if (!first) throw validation('Invalid condition in KeyConditionExpression: No key attribute specified');
  if (second) throw validation('Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition');
  if (first.path.length > 1) throw validation('KeyConditionExpressions cannot have conditions on nested attributes');
  if (first.at > 0 && (operator === 'BETWEEN' || operator === 'begins_with')) {
    throw validation(`Invalid condition in KeyConditionExpression: ${operator} operator must have the key attribute as its first operand`);
  }
  return { name: first.path[0], operator: first.at > 0 ? (MIRRORED[operator] ?? operator) : operator, values };
}

function conditionOn({ hashes, ranges }: KeySchema, clauses: readonly Clause[]): KeyCondition {
  const count = hashes.length + ranges.length;
  if (clauses.length > count) {
    throw validation(
      `The number of query conditions (${clauses.length}) exceeds the number of key attributes defined in the schema (${count})`,
    );
  }
  const onHashes = hashes.map(({ name }) => clauses.find((clause) => clause.name === name) ?? missed(name));
  const known = new Set([...hashes, ...ranges].map(({ name }) => name));
  if (clauses.some(({ name }) => !known.has(name))) {
    const [range] = ranges;
    throw range ? missedElement(range.name) : validation('Query key condition not supported');
  }
  if (onHashes.some(({ operator }) => operator !== '=')) throw validation('Query key condition not supported');
  const partition = partitionText(onHashes.flatMap((clause, at) => texts(clause, hashes[at])));
  const onRanges = ranges.map(({ name }) => clauses.find((clause) => clause.name === name));
  return { partition, ...(ranges.length > 1 ? composite(onRanges, ranges) : single(onRanges[0], ranges[0])) };
}

function missedElement(name: string): Error {
  return validation(`Query condition missed key schema element: ${name}`);
}

function missed(name: string): never {
  throw missedElement(name);
}

type Range = Omit<KeyCondition, 'partition'>;

function single(clause: Clause | undefined, attribute: KeyAttribute | undefined): Range {
  if (!clause || !attribute) return {};
  const [text = '', upper = ''] = texts(clause, attribute);
  switch (clause.operator) {
    case '=':
      return { low: { text, inclusive: true }, high: { text, inclusive: true } };
    case '<':
      return { high: { text, inclusive: false } };
    case '<=':
      return { high: { text, inclusive: true } };
    case '>':
      return { low: { text, inclusive: false } };
    case '>=':
      return { low: { text, inclusive: true } };
    case 'BETWEEN':
      return { low: { text, inclusive: true }, high: { text: upper, inclusive: true } };
    default:
      return { low: { text, inclusive: true }, prefix: text };
  }
}

/** A sort key of several attributes: equalities on the first of them, then at most one condition of any kind. */
function composite(clauses: readonly (Clause | undefined)[], ranges: readonly KeyAttribute[]): Range {
  const at = clauses.findLastIndex((clause) => clause !== undefined);
  const last = clauses[at];
  if (!last) return {};
  const loose = ranges.slice(0, at).filter((_, position) => clauses[position]?.operator !== '=');
  if (loose.length > 0) {
    throw validation(
      `RANGE key attributes ${loose.map(({ name }) => name).join(', ')} must have equality conditions specified in the query ` +
        `because a condition is present on key attribute ${last.name}`,
    );
  }
  const fixed = clauses.slice(0, at).flatMap((clause, position) => (clause ? texts(clause, ranges[position]) : []));
  const start = fixed.map(sortPart).join('');
  const [text = '', upper = ''] = texts(last, ranges[at]);
  const low = (bound: string): Bound => ({ text: start + bound, inclusive: true });
  const high = (bound: string): Bound => ({ text: start + bound, inclusive: false });
  switch (last.operator) {
    case '=':
      return { low: low(sortPart(text)), prefix: start + sortPart(text) };
    case '<':
      return { low: low(''), high: high(sortPart(text)) };
    case '<=':
      return { low: low(''), high: high(afterPart(text)) };
    case '>':
      return { low: low(afterPart(text)), prefix: start };
    case '>=':
      return { low: low(sortPart(text)), prefix: start };
    case 'BETWEEN':
      return { low: low(sortPart(text)), high: high(afterPart(upper)) };
    default:
      return { low: low(escapedPart(text)), prefix: start + escapedPart(text) };
  }
}

function texts({ values }: Clause, attribute: KeyAttribute | undefined): string[] {
  const { name = '', type = 'S' } = attribute ?? {};
  return values.map((value) => {
    if (value[type] === undefined) {
      throw validation('One or more parameter values were invalid: Condition parameter type does not match schema type');
    }
    const empty = value.S === '' ? 'string' : value.B?.length === 0 ? 'binary' : undefined;
    if (empty) {
      throw validation(
        'One or more parameter values are not valid. ' +
          `The AttributeValue for a key attribute cannot contain an empty ${empty} value. Key: ${name}`,
      );
    }
    return keyText(value);
  });
}
