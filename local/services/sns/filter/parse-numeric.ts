import type { NumericTest } from './filter-policy.ts';
import { FilterPolicyError } from './filter-policy-error.ts';

/** Reads the list of a `numeric` operator: one comparison, or a range from below. */
export function parseNumeric(list: unknown): NumericTest[] {
  if (!Array.isArray(list)) throw new FilterPolicyError('Value of numeric must be an array.');
  const [operator, value, secondOperator, secondValue, ...rest] = list as unknown[];
  if (typeof operator !== 'string')
    throw new FilterPolicyError(`Invalid member in numeric match: ${operator === undefined ? ']' : operator}`);
  if (!isOperator(operator)) throw new FilterPolicyError(`Unrecognized numeric range operator: ${operator}`);
  const first: NumericTest = { operator, value: numberOf(operator === '=' ? 'equals' : operator, value) };
  if (secondOperator === undefined) return [first];
  if (operator !== '>' && operator !== '>=') throw new FilterPolicyError('Too many elements in numeric expression');
  if (typeof secondOperator !== 'string') throw new FilterPolicyError(`Bad value in numeric range: ${secondOperator}`);
  if (secondOperator !== '<' && secondOperator !== '<=') throw new FilterPolicyError(`Bad numeric range operator: ${secondOperator}`);
  const second: NumericTest = { operator: secondOperator, value: numberOf(secondOperator, secondValue) };
  if (rest.length > 0) throw new FilterPolicyError('Too many terms in numeric range expression');
  if (first.value >= second.value) throw new FilterPolicyError('Bottom must be less than top');
  return [first, second];
}

function isOperator(text: string): text is NumericTest['operator'] {
  return ['=', '<', '<=', '>', '>='].includes(text);
}

function numberOf(operator: string, value: unknown): number {
  if (typeof value !== 'number') throw new FilterPolicyError(`Value of ${operator} must be numeric`);
  return value;
}
