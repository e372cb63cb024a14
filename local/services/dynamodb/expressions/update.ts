import { validation } from '../errors.ts';
import { type AttributeValue, type Item, setMembers, typeOf } from '../values/attribute-value.ts';
import { addNumbers, negateNumber } from '../values/number.ts';
import { orderedBinary } from '../values/order.ts';
import { updateTree } from './cache.ts';
import { Draft, requireHolder } from './draft.ts';
import { pathTree } from './path-tree.ts';
import { type Path, valueAt } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import type { SyntaxNode, UpdateActionNode } from './syntax.ts';

/** An update with names and values in place. */
export interface Update {
  /** What it writes. */
  readonly paths: readonly Path[];
  /** The item after the update. @throws AwsError when the item lacks what the update needs, or has it in another type */
  apply(item: Item): Item;
}

interface Action {
  readonly path: Path;
  /** The value at the path after the update, computed from the item before it; undefined to remove it. */
  result(item: Item): AttributeValue | undefined;
}

export function bindUpdate(text: string, placeholders: Placeholders): Update {
  const actions = updateTree(text).map((node) => bindAction(node, placeholders));
  const paths = actions.map(({ path }) => path);
  pathTree(paths, updateError);
  return { paths, apply: (item) => applyActions(actions, item) };
}

function applyActions(actions: readonly Action[], item: Item): Item {
  for (const { path } of actions) requireHolder(item, path);
  const results = actions.map(({ path, result }) => ({ path, value: result(item) }));
  const draft = new Draft(item);
  // In the order of positions, so that what is set beyond a list's end is appended in that order …
  results.sort((a, b) => comparePaths(a.path, b.path));
  for (const { path, value } of results) if (value) draft.set(path, value);
  // … and backwards, so that removing an element does not move those still to be removed.
  for (const { path, value } of results.reverse()) if (!value) draft.remove(path);
  return draft.finish();
}

function comparePaths(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const left = a[i] ?? '';
    const right = b[i] ?? '';
    if (left === right) continue;
    return typeof left === 'number' && typeof right === 'number' ? left - right : String(left) < String(right) ? -1 : 1;
  }
  return a.length - b.length;
}

function bindAction({ section, path: pathNode, operand }: UpdateActionNode, placeholders: Placeholders): Action {
  const path = placeholders.path(pathNode, 'UpdateExpression');
  if (section === 'REMOVE' || !operand) return { path, result: () => undefined };
  if (section === 'SET') return { path, result: bindOperand(operand, placeholders).of };
  const given = bindOperand(operand, placeholders).literal ?? { NULL: true };
  requireType(section, given, section === 'ADD' ? ['N', 'SS', 'NS', 'BS'] : ['SS', 'NS', 'BS']);
  if (section === 'ADD') return { path, result: (item) => add(valueAt(item, path), given) };
  return { path, result: (item) => without(valueAt(item, path), given) };
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  L: 'LIST',
  M: 'MAP',
};

function requireType(section: 'ADD' | 'DELETE', given: AttributeValue, allowed: readonly string[]): void {
  const type = typeOf(given);
  if (allowed.includes(type)) return;
  throw updateError(
    `Incorrect operand type for operator or function; operator: ${section}, ` +
      `operand type: ${LONG_NAMES[type]}, typeSet: ALLOWED_FOR_${section}_OPERAND`,
  );
}

interface BoundOperand {
  /** @throws AwsError when the item has nothing there */
  readonly of: (item: Item) => AttributeValue;
  readonly literal?: AttributeValue;
  readonly path?: Path;
}

function bindOperand(node: SyntaxNode, placeholders: Placeholders): BoundOperand {
  switch (node.node) {
    case 'value': {
      const literal = placeholders.value(node, 'UpdateExpression');
      return { literal, of: () => literal };
    }
    case 'path': {
      const path = placeholders.path(node, 'UpdateExpression');
      return {
        path,
        of(item) {
          const value = valueAt(item, path);
          if (!value) throw validation('The provided expression refers to an attribute that does not exist in the item');
          return value;
        },
      };
    }
    case 'arithmetic': {
      const left = bindOperand(node.left, placeholders);
      const right = bindOperand(node.right, placeholders);
      for (const { literal } of [left, right]) if (literal && literal.N === undefined) throw wrongLiteral(node.operator, literal);
      const sign = node.operator === '+' ? (number: string) => number : negateNumber;
      return { of: (item) => ({ N: addNumbers(numberOf(left.of(item)), sign(numberOf(right.of(item)))) }) };
    }
    case 'function':
      return bindFunction(node.name, node.operands, placeholders);
    default:
      throw updateError('Syntax error; token: "<EOF>", near: ""');
  }
}

function bindFunction(name: string, operands: readonly SyntaxNode[], placeholders: Placeholders): BoundOperand {
  const [first, second] = operands.map((operand) => bindOperand(operand, placeholders));
  if (!first || !second) throw updateError('Syntax error; token: ")", near: "()"');
  if (name === 'list_append') {
    for (const { literal } of [first, second]) if (literal && literal.L === undefined) throw wrongLiteral(name, literal);
    return { of: (item) => ({ L: [...listOf(first.of(item)), ...listOf(second.of(item))] }) };
  }
  const { path } = first;
  return { of: (item) => (path && valueAt(item, path)) ?? second.of(item) };
}

function add(current: AttributeValue | undefined, given: AttributeValue): AttributeValue {
  if (!current) return given;
  if (given.N !== undefined) return { N: addNumbers(numberOf(current), given.N) };
  return union(current, given);
}

function union(current: AttributeValue, given: AttributeValue): AttributeValue {
  if (typeOf(current) !== typeOf(given)) throw wrongType();
  if (current.SS && given.SS) return { SS: [...new Set([...current.SS, ...given.SS])] };
  if (current.NS && given.NS) return { NS: [...new Set([...current.NS, ...given.NS])] };
  const members = new Map([...(current.BS ?? []), ...(given.BS ?? [])].map((bytes) => [orderedBinary(bytes), bytes]));
  return { BS: [...members.values()] };
}

/** The set without the given members; nothing if that leaves it empty, or if there was none. */
function without(current: AttributeValue | undefined, given: AttributeValue): AttributeValue | undefined {
  if (!current) return undefined;
  if (typeOf(current) !== typeOf(given)) throw wrongType();
  const gone = new Set(setMembers(given));
  if (current.SS) return nonEmpty({ SS: current.SS.filter((member) => !gone.has(member)) });
  if (current.NS) return nonEmpty({ NS: current.NS.filter((member) => !gone.has(member)) });
  return nonEmpty({ BS: (current.BS ?? []).filter((bytes) => !gone.has(orderedBinary(bytes))) });
}

function nonEmpty(set: AttributeValue): AttributeValue | undefined {
  return setMembers(set)?.length ? set : undefined;
}

function numberOf(value: AttributeValue): string {
  if (value.N === undefined) throw wrongType();
  return value.N;
}

function listOf(value: AttributeValue): readonly AttributeValue[] {
  if (value.L === undefined) throw wrongType();
  return value.L;
}

function wrongType(): Error {
  return validation('An operand in the update expression has an incorrect data type');
}

function wrongLiteral(operator: string, literal: AttributeValue): Error {
  return updateError(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(literal)}`,
  );
}

function updateError(problem: string): Error {
  return validation(`Invalid UpdateExpression: ${problem}`);
}
