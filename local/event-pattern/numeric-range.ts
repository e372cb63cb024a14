import { comparableNumber } from './comparable-number.ts';
import type { Refuse } from './invalid-pattern.ts';
import type { JsonNode } from './json-syntax.ts';
import { numberMatcher, type ValueMatcher } from './value-matcher.ts';

/** `["=", 5]`, `["<", 10]`, or from below to above: `[">", 0, "<=", 5]`. */
export function numericRange(value: JsonNode, refuse: Refuse): ValueMatcher {
  if (value.kind !== 'array') return refuse('Value of numeric must be an array.', value);
  const [operator, limit, operator2, limit2] = value.items;
  if (operator?.kind !== 'string') {
    return refuse(`Invalid member in numeric match: ${operator && 'text' in operator ? operator.text : ']'}`, operator ?? value);
  }
  const op = operator.text;
  if (!['=', '<', '<=', '>', '>='].includes(op)) return refuse(`Unrecognized numeric range operator: ${op}`, operator);
  const bound = boundOf(limit, op === '=' ? 'equals' : op, value, refuse);
  if (value.items.length === 2) return numberMatcher(compare(op, bound));
  if (op !== '>' && op !== '>=') return refuse('Too many elements in numeric expression', value);
  if (operator2?.kind !== 'string') return refuse('Bad value in numeric range', operator2 ?? value);
  const op2 = operator2.text;
  if (op2 !== '<' && op2 !== '<=') return refuse(`Bad numeric range operator: ${op2}`, operator2);
  const top = boundOf(limit2, op2, value, refuse);
  if (value.items.length > 4) return refuse('Too many terms in numeric range expression', value);
  if (bound >= top) return refuse('Bottom must be less than top', value);
  const [above, below] = [compare(op, bound), compare(op2, top)];
  return numberMatcher((number) => above(number) && below(number));
}

function boundOf(node: JsonNode | undefined, operator: string, list: JsonNode, refuse: Refuse): number {
  if (node?.kind !== 'number') return refuse(`Value of ${operator} must be numeric`, node ?? list);
  return comparableNumber(node.text) ?? refuse(`Cannot compare number : ${node.text}`, node);
}

function compare(operator: string, bound: number): (value: number) => boolean {
  switch (operator) {
    case '=':
      return (value) => value === bound;
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    default:
      return (value) => value >= bound;
  }
}
