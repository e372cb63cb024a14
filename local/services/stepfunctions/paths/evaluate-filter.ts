import { isArray, type Json, sameJson } from '../json.ts';
import { evaluatePath } from './evaluate-path.ts';
import type { Filter, Operand } from './path.ts';

/** Whether an item passes a filter. */
export function passesFilter(filter: Filter, item: Json, document: Json): boolean {
  switch (filter.kind) {
    case 'and':
      return passesFilter(filter.left, item, document) && passesFilter(filter.right, item, document);
    case 'or':
      return passesFilter(filter.left, item, document) || passesFilter(filter.right, item, document);
    case 'not':
      return !passesFilter(filter.filter, item, document);
    case 'exists':
      return exists(filter.operand, item, document);
    case 'compare':
      return compare(filter.operator, filter.left, filter.right, item, document);
  }
}

function exists(operand: Operand, item: Json, document: Json): boolean {
  const value = read(operand, item, document);
  if (operand.kind === 'path' && !operand.path.definite) return isArray(value) && value.length > 0;
  return operand.kind === 'literal' ? Boolean(value) : value !== undefined;
}

function read(operand: Operand, item: Json, document: Json): Json | undefined {
  if (operand.kind === 'literal') return operand.value as Json;
  if (operand.kind === 'regex') return operand.pattern.source;
  const result = evaluatePath(operand.path, operand.from === 'item' ? item : document);
  return result.found ? result.value : undefined;
}

function compare(operator: string, leftOperand: Operand, rightOperand: Operand, item: Json, document: Json): boolean {
  const left = read(leftOperand, item, document);
  if (operator === '=~') return typeof left === 'string' && rightOperand.kind === 'regex' && rightOperand.pattern.test(left);
  const right = read(rightOperand, item, document);
  if (operator === '!=') return left === undefined || right === undefined ? left !== right : !sameJson(left, right);
  if (left === undefined || right === undefined) return false;
  switch (operator) {
    case '==':
      return sameJson(left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(operator, left, right);
    case 'in':
      return isArray(right) && has(right, left);
    case 'nin':
      return isArray(right) && !has(right, left);
    case 'subsetof':
      return isArray(left) && isArray(right) && left.every((each) => has(right, each));
    case 'anyof':
      return isArray(left) && isArray(right) && left.some((each) => has(right, each));
    case 'noneof':
      return isArray(left) && isArray(right) && !left.some((each) => has(right, each));
    case 'contains':
      return typeof left === 'string' && typeof right === 'string' ? left.includes(right) : isArray(left) && has(left, right);
    case 'size':
      return (isArray(left) || typeof left === 'string') && left.length === (isArray(right) ? right.length : right);
    case 'empty':
      return (isArray(left) || typeof left === 'string') && (left.length === 0) === right;
    default:
      return false;
  }
}

function has(items: readonly Json[], value: Json): boolean {
  return items.some((item) => sameJson(item, value));
}

function ordered(operator: string, left: Json, right: Json): boolean {
  const comparable = (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string');
  if (!comparable) return false;
  const order = left < right ? -1 : left > right ? 1 : 0;
  return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0;
}
