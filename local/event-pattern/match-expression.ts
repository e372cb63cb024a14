import { anythingButExpression } from './anything-but.ts';
import { caseInsensitive } from './ignore-case.ts';
import type { Refuse } from './invalid-pattern.ts';
import { parseCidr } from './ip-address.ts';
import type { JsonNode, JsonObject } from './json-syntax.ts';
import { numericRange } from './numeric-range.ts';
import { type Term, textOf, wildcardOf } from './term.ts';
import { affix, anyValue, exactText, ipMatcher, stringMatcher, type ValueMatcher } from './value-matcher.ts';
import { matchesWildcard } from './wildcard.ts';

/** Compiles a match expression; `absent` stands for `{ "exists": false }`. */
export function matchExpression(object: JsonObject, refuse: Refuse): Term | 'absent' {
  const [first, second] = object.entries;
  if (!first) return refuse('Match expression name not found', object);
  const [name, value] = first;
  const term = operator(name, value, object, refuse);
  if (second) {
    const few = name === 'numeric' || name === 'anything-but';
    refuse(few ? 'Too many elements in numeric expression' : 'Only one key allowed in match expression', second[1]);
  }
  return term;
}

function operator(name: string, value: JsonNode, object: JsonObject, refuse: Refuse): Term | 'absent' {
  switch (name) {
    case 'exactly':
      return { matcher: exactText(textOf(value, 'exact match pattern must be a string', refuse)) };
    case 'prefix':
    case 'suffix':
      return { matcher: affixExpression(name, value, refuse) };
    case 'equals-ignore-case': {
      const text = textOf(value, 'equals-ignore-case match pattern must be a string', refuse);
      return { matcher: stringMatcher(caseInsensitive(text, 'whole')) };
    }
    case 'wildcard': {
      const wildcard = wildcardOf(value, refuse);
      return { matcher: stringMatcher((text) => matchesWildcard(wildcard, text)), wildcard: { wildcards: [wildcard] } };
    }
    case 'cidr': {
      const cidr = parseCidr(textOf(value, 'prefix match pattern must be a string', refuse));
      return cidr.ok ? { matcher: ipMatcher(cidr.range) } : refuse(cidr.problem, value);
    }
    case 'exists':
      if (value.kind === 'literal' && value.text === 'true') return { matcher: anyValue };
      if (value.kind === 'literal' && value.text === 'false') return 'absent';
      return refuse('exists match pattern must be either true or false.', value);
    case 'numeric':
      return { matcher: numericRange(value, refuse) };
    case 'anything-but':
      return anythingButExpression(value, refuse);
    default:
      return refuse(`Unrecognized match type ${name}`, object);
  }
}

/** `prefix` or `suffix` of a text, or of `{ "equals-ignore-case": text }`. */
function affixExpression(name: 'prefix' | 'suffix', value: JsonNode, refuse: Refuse): ValueMatcher {
  if (value.kind !== 'object') return affix(name, textOf(value, `${name} match pattern must be a string`, refuse));
  const [first, second] = value.entries;
  if (!first) return refuse(`${name === 'prefix' ? 'Prefix' : 'Suffix'} expression name not found`, value);
  if (first[0] !== 'equals-ignore-case') return refuse(`Unsupported ${name} pattern: ${first[0]}`, value);
  const text = textOf(first[1], 'equals-ignore-case match pattern must be a string', refuse);
  if (second) refuse('Only one key allowed in match expression', second[1]);
  return stringMatcher(caseInsensitive(text, name === 'prefix' ? 'start' : 'end'));
}
