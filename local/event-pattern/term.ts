import type { Refuse } from './invalid-pattern.ts';
import type { JsonNode } from './json-syntax.ts';
import type { ValueMatcher } from './value-matcher.ts';
import { parseWildcard, type Wildcard } from './wildcard.ts';
import type { WildcardTerm } from './wildcard-complexity.ts';

/** What a match expression such as `{ "prefix": "a" }` asks of a value. */
export interface Term {
  readonly matcher: ValueMatcher;
  readonly wildcard?: WildcardTerm;
}

/** The content of a string. */
export function textOf(value: JsonNode, problem: string, refuse: Refuse): string {
  return value.kind === 'string' ? value.text : refuse(problem, value);
}

export function wildcardOf(value: JsonNode, refuse: Refuse): Wildcard {
  const parsed = parseWildcard(textOf(value, 'wildcard match pattern must be a string', refuse));
  return parsed.ok ? parsed.wildcard : refuse(parsed.problem, value);
}
