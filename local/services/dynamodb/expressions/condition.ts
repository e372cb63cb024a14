import { validation } from '../errors.ts';
import type { AttributeValue, Item } from '../values/attribute-value.ts';
import { compareValues, equalValues, setMembers, typeOf, VALUE_TYPES, type ValueType } from '../values/attribute-value.ts';
import { orderedBinary } from '../values/order.ts';
import { conditionTree } from './cache.ts';
import { describePath, type Path, samePath, valueAt } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import type { BetweenNode, ComparisonNode, FunctionNode, InNode, SyntaxNode } from './syntax.ts';

export interface Condition {
  /** The paths that it looks at. */
  readonly paths: readonly Path[];
  test(item: Item): boolean;
}

export type ConditionKind = 'ConditionExpression' | 'FilterExpression';

/** Puts names and values into a condition. @throws AwsError for operands of a type that an operator or function does not take */
export function bindCondition(kind: ConditionKind, text: string, placeholders: Placeholders): Condition {
  const binder = new Binder(kind, placeholders);
  const test = binder.condition(conditionTree(kind, text));
  return { test, paths: binder.paths };
}

type Test = (item: Item) => boolean;

interface Operand {
  of(item: Item): AttributeValue | undefined;
  readonly path?: Path;
  /** Its value, where it does not depend on the item. */
  readonly literal?: AttributeValue;
  /** Its type, where that is certain. */
  readonly type?: ValueType;
}

const ORDERED: readonly ValueType[] = ['S', 'N', 'B'];
const WITHOUT_SIZE: readonly ValueType[] = ['N', 'BOOL', 'NULL'];

class Binder {
  readonly #kind: ConditionKind;
  readonly #placeholders: Placeholders;
  readonly paths: Path[] = [];

  constructor(kind: ConditionKind, placeholders: Placeholders) {
    this.#kind = kind;
    this.#placeholders = placeholders;
  }

  condition(node: SyntaxNode): Test {
    switch (node.node) {
      case 'and': {
        const left = this.condition(node.left);
        const right = this.condition(node.right);
        return (item) => left(item) && right(item);
      }
      case 'or': {
        const left = this.condition(node.left);
        const right = this.condition(node.right);
        return (item) => left(item) || right(item);
      }
      case 'not': {
        const operand = this.condition(node.operand);
        return (item) => !operand(item);
      }
      case 'comparison':
        return this.#comparison(node);
      case 'between':
        return this.#between(node);
      case 'in':
        return this.#in(node);
      case 'function':
        return this.#function(node);
      default:
        throw this.#error('Syntax error; token: "<EOF>", near: ""');
    }
  }

  #operand(node: SyntaxNode): Operand {
    if (node.node === 'path') {
      const path = this.#placeholders.path(node, this.#kind);
      this.paths.push(path);
      return { path, of: (item) => valueAt(item, path) };
    }
    if (node.node === 'value') {
      const literal = this.#placeholders.value(node, this.#kind);
      return { literal, type: typeOf(literal), of: () => literal };
    }
    const [argument] = node.node === 'function' ? node.operands : [];
    if (!argument) throw this.#error('Syntax error; token: "<EOF>", near: ""');
    const operand = this.#operand(argument);
    if (operand.type && WITHOUT_SIZE.includes(operand.type)) throw this.#wrongType('size', operand.type);
    return {
      type: 'N',
      of(item) {
        const value = operand.of(item);
        const size = value && sizeOf(value);
        return size === undefined ? undefined : { N: String(size) };
      },
    };
  }

  #comparison({ operator, left: leftNode, right: rightNode }: ComparisonNode): Test {
    const left = this.#operand(leftNode);
    const right = this.#operand(rightNode);
    this.#requireDistinct(operator, left, [right]);
    if (operator === '=') return (item) => equalOperands(left.of(item), right.of(item));
    if (operator === '<>') return (item) => !equalOperands(left.of(item), right.of(item));
    this.#requireOrdered(operator, [left, right]);
    return (item) => {
      const order = compareOperands(left.of(item), right.of(item));
      if (order === undefined) return false;
      if (operator === '<') return order < 0;
      if (operator === '<=') return order <= 0;
      return operator === '>' ? order > 0 : order >= 0;
    };
  }

  #between(node: BetweenNode): Test {
    const operand = this.#operand(node.operand);
    const low = this.#operand(node.low);
    const high = this.#operand(node.high);
    this.#requireDistinct('BETWEEN', operand, [low, high]);
    this.#requireOrdered('BETWEEN', [operand, low, high]);
    if (low.literal && high.literal) requireBounds(this.#kind, low.literal, high.literal);
    return (item) => {
      const value = operand.of(item);
      const fromLow = compareOperands(value, low.of(item));
      const toHigh = compareOperands(value, high.of(item));
      return fromLow !== undefined && fromLow >= 0 && toHigh !== undefined && toHigh <= 0;
    };
  }

  #in(node: InNode): Test {
    const operand = this.#operand(node.operand);
    const candidates = node.candidates.map((candidate) => this.#operand(candidate));
    this.#requireDistinct('IN', operand, candidates);
    return (item) => {
      const value = operand.of(item);
      return value !== undefined && candidates.some((candidate) => equalOperands(candidate.of(item), value));
    };
  }

  #function({ name, operands }: FunctionNode): Test {
    const [first, second] = operands.map((operand) => this.#operand(operand));
    if (!first) throw this.#error('Syntax error; token: ")", near: "()"');
    if (name === 'attribute_exists') return (item) => first.of(item) !== undefined;
    if (name === 'attribute_not_exists') return (item) => first.of(item) === undefined;
    if (!second) throw this.#error('Syntax error; token: ")", near: "()"');
    if (name === 'attribute_type') return this.#attributeType(first, second);
    this.#requireDistinct(name, first, [second]);
    if (name === 'contains') return (item) => contains(first.of(item), second.of(item));
    for (const { type } of [first, second]) if (type && type !== 'S' && type !== 'B') throw this.#wrongType(name, type);
    return (item) => beginsWith(first.of(item), second.of(item));
  }

  #attributeType(operand: Operand, type: Operand): Test {
    if (type.type !== 'S') throw this.#wrongType('attribute_type', type.type ?? `{${VALUE_TYPES.join(',')}}`);
    const wanted = type.literal?.S ?? '';
    if (!(VALUE_TYPES as readonly string[]).includes(wanted)) {
      throw this.#error(`Invalid attribute type name found; type: ${wanted}, valid types: {${VALUE_TYPES.join(',')}}`);
    }
    return (item) => {
      const value = operand.of(item);
      return value !== undefined && typeOf(value) === wanted;
    };
  }

  #requireDistinct(operator: string, first: Operand, others: readonly Operand[]): void {
    const { path } = first;
    if (path && others.some((other) => other.path && samePath(path, other.path))) {
      throw this.#error(
        'The first operand must be distinct from the remaining operands for this operator or function; ' +
          `operator: ${operator}, first operand: ${describePath(path)}`,
      );
    }
  }

  #requireOrdered(operator: string, operands: readonly Operand[]): void {
    for (const { type } of operands) if (type && !ORDERED.includes(type)) throw this.#wrongType(operator, type);
  }

  #wrongType(operator: string, type: string): Error {
    return this.#error(`Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`);
  }

  #error(problem: string): Error {
    return validation(`Invalid ${this.#kind}: ${problem}`);
  }
}

/** @throws AwsError for bounds of a BETWEEN that no value can lie between, or of two types */
export function requireBounds(kind: string, low: AttributeValue, high: AttributeValue): void {
  const operands = `lower bound operand: AttributeValue: ${describeValue(low)}, upper bound operand: AttributeValue: ${describeValue(high)}`;
  if (typeOf(low) !== typeOf(high)) {
    throw validation(`Invalid ${kind}: The BETWEEN operator requires same data type for lower and upper bounds; ${operands}`);
  }
  if ((compareValues(low, high) ?? 0) > 0) {
    throw validation(`Invalid ${kind}: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${operands}`);
  }
}

function describeValue(value: AttributeValue): string {
  const text = value.S ?? value.N ?? (value.B ? `java.nio.HeapByteBuffer[pos=0 lim=${value.B.length} cap=${value.B.length}]` : '');
  return `{${typeOf(value)}:${text}}`;
}

function equalOperands(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  return a !== undefined && b !== undefined && equalValues(a, b);
}

function compareOperands(a: AttributeValue | undefined, b: AttributeValue | undefined): number | undefined {
  return a && b ? compareValues(a, b) : undefined;
}

function sizeOf(value: AttributeValue): number | undefined {
  if (value.S !== undefined) return value.S.length;
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return value.L.length;
  if (value.M !== undefined) return Object.keys(value.M).length;
  return setMembers(value)?.length;
}

function contains(whole: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (!whole || !part) return false;
  if (whole.S !== undefined) return part.S !== undefined && whole.S.includes(part.S);
  if (whole.B !== undefined) return part.B !== undefined && Buffer.from(whole.B).includes(Buffer.from(part.B));
  if (whole.L !== undefined) return whole.L.some((element) => equalValues(element, part));
  if (whole.SS !== undefined) return part.S !== undefined && whole.SS.includes(part.S);
  if (whole.NS !== undefined) return part.N !== undefined && whole.NS.includes(part.N);
  if (whole.BS === undefined || part.B === undefined) return false;
  const member = orderedBinary(part.B);
  return whole.BS.some((bytes) => orderedBinary(bytes) === member);
}

function beginsWith(whole: AttributeValue | undefined, start: AttributeValue | undefined): boolean {
  if (whole?.S !== undefined && start?.S !== undefined) return whole.S.startsWith(start.S);
  if (whole?.B !== undefined && start?.B !== undefined) return orderedBinary(whole.B).startsWith(orderedBinary(start.B));
  return false;
}
