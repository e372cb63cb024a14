import { comparableNumber } from './comparable-number.ts';
import { caseInsensitive } from './ignore-case.ts';
import type { Refuse } from './invalid-pattern.ts';
import type { JsonNode, JsonObject } from './json-syntax.ts';
import { type Term, textOf, wildcardOf } from './term.ts';
import { affix, anythingBut, exactNumber, exactText, stringMatcher } from './value-matcher.ts';
import { matchesWildcard } from './wildcard.ts';

const NOT_A_LIST = 'Value of anything-but must be an array or single string/number value.';

/** `anything-but` of a text or a number, a list of either, or of what another operator matches. */
export function anythingButExpression(value: JsonNode, refuse: Refuse): Term {
  if (value.kind === 'object') return ofOperator(value, refuse);
  if (value.kind === 'literal') return refuse(NOT_A_LIST, value);
  const items = value.kind === 'array' ? value.items : [value];
  const excluded = items.map((item) => {
    if (item.kind === 'string') return exactText(item.text);
    if (item.kind !== 'number') return refuse('Inside anything but list, start|null|boolean is not supported.', item);
    if (comparableNumber(item.text) === undefined) return refuse(`Cannot compare number : ${item.text}`, item);
    return exactNumber(item.text);
  });
  if (new Set(items.map((item) => item.kind)).size !== 1) {
    refuse('Inside anything but list, either all values are number or string, mixed type is not supported', value);
  }
  return { matcher: anythingBut(excluded) };
}

/** Of prefixes, suffixes, wildcards or texts whatever their case: one, or a list. */
function ofOperator(object: JsonObject, refuse: Refuse): Term {
  const [first, second] = object.entries;
  if (!first) return refuse('Anything-But expression name not found', object);
  const [name, value] = first;
  if (!['equals-ignore-case', 'prefix', 'suffix', 'wildcard'].includes(name))
    return refuse(`Unsupported anything-but pattern: ${name}`, object);
  if (value.kind === 'object' || value.kind === 'literal') return refuse(NOT_A_LIST, value);
  if (second) refuse('Too many elements in numeric expression', second[1]);
  const items = value.kind === 'array' ? value.items : [value];
  if (name === 'wildcard') {
    const wildcards = items.map((item) => wildcardOf(item, refuse));
    const matcher = anythingBut([stringMatcher((text) => wildcards.some((wildcard) => matchesWildcard(wildcard, text)))]);
    return { matcher, wildcard: { wildcards } };
  }
  if (name === 'equals-ignore-case') {
    const problem = 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.';
    const excluded = items.map((item) => stringMatcher(caseInsensitive(textOf(item, problem, refuse), 'whole')));
    return { matcher: anythingBut(excluded) };
  }
  const excluded = items.map((item) => {
    const text = textOf(item, 'prefix/suffix match pattern must be a string', refuse);
    if (text === '') refuse('Null prefix/suffix not allowed', item);
    return affix(name, text);
  });
  return { matcher: anythingBut(excluded) };
}
