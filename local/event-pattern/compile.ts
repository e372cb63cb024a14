import { comparableNumber } from './comparable-number.ts';
import { caseInsensitive } from './ignore-case.ts';
import { InvalidPatternError } from './invalid-pattern.ts';
import { parseCidr, parseIp } from './ip-address.ts';
import { type JsonArray, type JsonNode, type JsonObject, JsonSyntaxError, parseJson } from './json-syntax.ts';
import { type Branch, type FieldTest, makePattern, type Pattern } from './pattern.ts';
import {
  anythingBut,
  anyValue,
  exactLiteral,
  exactNumber,
  exactString,
  ipMatcher,
  numberMatcher,
  stringMatcher,
  type ValueMatcher,
} from './value-matcher.ts';
import { matchesWildcard, parseWildcard, type Wildcard } from './wildcard.ts';
import { isTooComplex, type WildcardTerm } from './wildcard-complexity.ts';

/** The most ways through the `$or`s of one pattern. */
const MOST_BRANCHES = 1_000;
const MOST_FIELDS = 256;

/** Names that no field inside `$or` may have: EventBridge keeps them for operators. */
const RESERVED = new Set(
  (
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex not-wildcard ' +
    'not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range ip-address-in-range ' +
    'ip-address-not-in-range'
  ).split(' '),
);

type Fields = Map<string, FieldTest>;

/**
 * Compiles an event pattern once, for many events.
 *
 * @param text the pattern as JSON text; spelling matters, since numbers that doubles cannot hold match by it
 * @throws InvalidPatternError in the words of AWS's InvalidEventPatternException
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compilePattern(text: string): Pattern {
  return makePattern(new Compiler(text).compile());
}

interface Term {
  readonly matcher: ValueMatcher;
  readonly wildcard?: WildcardTerm;
}

class Compiler {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  compile(): Branch[] {
    const root = this.#parse();
    if (root.kind !== 'object') return this.#refuse('Filter is not an object', root);
    const branches = this.#object([], root, '', false).map((fields) => [...fields.values()].sort(byPath));
    for (const branch of branches) {
      if (branch.length > MOST_FIELDS) this.#refuse(`Size of rule exceeds max value of ${MOST_FIELDS}`, root);
    }
    if (branches.some((branch) => branch.some((test) => test.wildcards.length > 0))) this.#checkComplexity(branches, root);
    return branches;
  }

  #parse(): JsonNode {
    try {
      return parseJson(this.#text);
    } catch (error) {
      if (error instanceof JsonSyntaxError) throw new InvalidPatternError(error.message, this.#text, error.at);
      throw error;
    }
  }

  #refuse(reason: string, node: JsonNode): never {
    throw new InvalidPatternError(reason, this.#text, node.end);
  }

  /** Adds the fields of an object to every branch so far; the first field makes the first branch. */
  #object(branches: readonly Fields[], object: JsonObject, path: string, insideOr: boolean): readonly Fields[] {
    if (object.entries.length === 0) this.#refuse('Empty objects are not allowed', object);
    let result = branches;
    for (const [name, value] of object.entries) {
      if (name === '$or') {
        result = this.#or(result, value, path);
        continue;
      }
      if (insideOr && RESERVED.has(name)) {
        this.#refuse(`${name} is Ruler reserved fieldName which cannot be used inside $or.`, value);
      }
      const inner = path === '' ? name : `${path}.${name}`;
      if (value.kind === 'object') {
        result = this.#object(result, value, inner, insideOr);
      } else if (value.kind === 'array') {
        const test = this.#field(inner, value);
        if (result.length === 0) result = [new Map()];
        for (const fields of result) fields.set(inner, test);
      } else {
        this.#refuse(`"${name}" must be an object or an array`, value);
      }
    }
    return result;
  }

  #or(branches: readonly Fields[], value: JsonNode, path: string): Fields[] {
    if (value.kind !== 'array') return this.#refuse('It must be an Array followed with $or.', value);
    const result: Fields[] = [];
    for (const item of value.items) {
      if (item.kind !== 'object') return this.#refuse('Only JSON object is allowed in array of $or relationship.', item);
      const copies = branches.length === 0 ? [new Map()] : branches.map((fields) => new Map(fields));
      result.push(...this.#object(copies, item, path, true));
      if (result.length > MOST_BRANCHES) {
        this.#refuse('The pattern has more than 1000 rule combinations. Use fewer $or alternatives.', item);
      }
    }
    if (value.items.length < 2) this.#refuse('There must have at least 2 Objects in $or relationship.', value);
    return result;
  }

  #field(path: string, list: JsonArray): FieldTest {
    if (list.items.length === 0) this.#refuse('Empty arrays are not allowed', list);
    const matchers: ValueMatcher[] = [];
    const wildcards: WildcardTerm[] = [];
    let absent = false;
    for (const item of list.items) {
      switch (item.kind) {
        case 'string':
          matchers.push(exactString(item.text));
          break;
        case 'number':
          matchers.push(exactNumber(item.text));
          break;
        case 'literal':
          matchers.push(exactLiteral(item.text));
          break;
        case 'object': {
          const term = this.#expression(item);
          if (term === 'absent') absent = true;
          else matchers.push(term.matcher);
          if (term !== 'absent' && term.wildcard) wildcards.push(term.wildcard);
          break;
        }
        default:
          this.#refuse('Match value must be String, number, true, false, or null', item);
      }
    }
    const exact = list.items.map((item) => (item.kind === 'string' && !parseIp(item.text) ? item.text : undefined));
    return {
      path,
      absent,
      matchers,
      wildcards,
      source: JSON.stringify(list, (key, value: unknown) => (key === 'end' ? undefined : value)),
      ...(exact.every((text) => text !== undefined) ? { exact } : {}),
    };
  }

  #expression(object: JsonObject): Term | 'absent' {
    const [first, second] = object.entries;
    if (!first) return this.#refuse('Match expression name not found', object);
    const [name, value] = first;
    const term = this.#operator(name, value, object);
    if (second) {
      const few = name === 'numeric' || name === 'anything-but';
      this.#refuse(few ? 'Too many elements in numeric expression' : 'Only one key allowed in match expression', second[1]);
    }
    return term;
  }

  #operator(name: string, value: JsonNode, object: JsonObject): Term | 'absent' {
    switch (name) {
      case 'exactly':
        return { matcher: equals(this.#string(name, 'exact match pattern must be a string', value)) };
      case 'prefix':
      case 'suffix':
        return { matcher: this.#affix(name, value) };
      case 'equals-ignore-case':
        return { matcher: stringMatcher(caseInsensitive(this.#string(name, `${name} match pattern must be a string`, value), 'whole')) };
      case 'wildcard': {
        const wildcard = this.#wildcard(value);
        return { matcher: stringMatcher((text) => matchesWildcard(wildcard, text)), wildcard: { wildcards: [wildcard] } };
      }
      case 'cidr': {
        const cidr = parseCidr(this.#string(name, 'prefix match pattern must be a string', value));
        return cidr.ok ? { matcher: ipMatcher(cidr.range) } : this.#refuse(cidr.problem, value);
      }
      case 'exists':
        if (value.kind === 'literal' && value.text === 'true') return { matcher: anyValue };
        if (value.kind === 'literal' && value.text === 'false') return 'absent';
        return this.#refuse('exists match pattern must be either true or false.', value);
      case 'numeric':
        return { matcher: this.#numeric(value) };
      case 'anything-but':
        return this.#anythingBut(value);
      default:
        return this.#refuse(`Unrecognized match type ${name}`, object);
    }
  }

  #string(_name: string, problem: string, value: JsonNode): string {
    return value.kind === 'string' ? value.text : this.#refuse(problem, value);
  }

  /** `prefix` or `suffix` of a text, or of `{ "equals-ignore-case": text }`. */
  #affix(name: 'prefix' | 'suffix', value: JsonNode): ValueMatcher {
    if (value.kind !== 'object') return affix(name, this.#string(name, `${name} match pattern must be a string`, value));
    const [first, second] = value.entries;
    if (!first) return this.#refuse(`${name === 'prefix' ? 'Prefix' : 'Suffix'} expression name not found`, value);
    if (first[0] !== 'equals-ignore-case') return this.#refuse(`Unsupported ${name} pattern: ${first[0]}`, value);
    const text = this.#string(name, 'equals-ignore-case match pattern must be a string', first[1]);
    if (second) this.#refuse('Only one key allowed in match expression', second[1]);
    return stringMatcher(caseInsensitive(text, name === 'prefix' ? 'start' : 'end'));
  }

  #wildcard(value: JsonNode): Wildcard {
    const parsed = parseWildcard(this.#string('wildcard', 'wildcard match pattern must be a string', value));
    return parsed.ok ? parsed.wildcard : this.#refuse(parsed.problem, value);
  }

  #numeric(value: JsonNode): ValueMatcher {
    if (value.kind !== 'array') return this.#refuse('Value of numeric must be an array.', value);
    const [operator, limit, operator2, limit2] = value.items;
    if (operator?.kind !== 'string') {
      return this.#refuse(`Invalid member in numeric match: ${operator && 'text' in operator ? operator.text : ']'}`, operator ?? value);
    }
    const op = operator.text;
    if (!['=', '<', '<=', '>', '>='].includes(op)) return this.#refuse(`Unrecognized numeric range operator: ${op}`, operator);
    const bound = this.#bound(limit, op === '=' ? 'equals' : op, value);
    const atLeast = op === '>' || op === '>=';
    if (value.items.length === 2) return numberMatcher(compare(op, bound));
    if (!atLeast) return this.#refuse('Too many elements in numeric expression', value);
    if (operator2?.kind !== 'string') return this.#refuse('Bad value in numeric range', operator2 ?? value);
    const op2 = operator2.text;
    if (op2 !== '<' && op2 !== '<=') return this.#refuse(`Bad numeric range operator: ${op2}`, operator2);
    const top = this.#bound(limit2, op2, value);
    if (value.items.length > 4) return this.#refuse('Too many terms in numeric range expression', value);
    if (bound >= top) return this.#refuse('Bottom must be less than top', value);
    const [above, below] = [compare(op, bound), compare(op2, top)];
    return numberMatcher((number) => above(number) && below(number));
  }

  #bound(node: JsonNode | undefined, operator: string, list: JsonNode): number {
    if (node?.kind !== 'number') return this.#refuse(`Value of ${operator} must be numeric`, node ?? list);
    return comparableNumber(node.text) ?? this.#refuse(`Cannot compare number : ${node.text}`, node);
  }

  #anythingBut(value: JsonNode): Term {
    if (value.kind === 'object') return this.#anythingButMatch(value);
    if (value.kind === 'literal') return this.#refuse('Value of anything-but must be an array or single string/number value.', value);
    const items = value.kind === 'array' ? value.items : [value];
    const excluded = items.map((item) => {
      if (item.kind === 'string') return equals(item.text);
      if (item.kind !== 'number') return this.#refuse('Inside anything but list, start|null|boolean is not supported.', item);
      if (comparableNumber(item.text) === undefined) return this.#refuse(`Cannot compare number : ${item.text}`, item);
      return exactNumber(item.text);
    });
    if (new Set(items.map((item) => item.kind)).size !== 1) {
      this.#refuse('Inside anything but list, either all values are number or string, mixed type is not supported', value);
    }
    return { matcher: anythingBut(excluded) };
  }

  /** `anything-but` of prefixes, suffixes, wildcards or texts whatever their case: one, or a list. */
  #anythingButMatch(object: JsonObject): Term {
    const [first, second] = object.entries;
    if (!first) return this.#refuse('Anything-But expression name not found', object);
    const [name, value] = first;
    if (!['equals-ignore-case', 'prefix', 'suffix', 'wildcard'].includes(name)) {
      return this.#refuse(`Unsupported anything-but pattern: ${name}`, object);
    }
    if (value.kind === 'object' || value.kind === 'literal') {
      return this.#refuse('Value of anything-but must be an array or single string/number value.', value);
    }
    if (second) this.#refuse('Too many elements in numeric expression', second[1]);
    const items = value.kind === 'array' ? value.items : [value];
    if (name === 'wildcard') {
      const wildcards = items.map((item) => this.#wildcard(item));
      const matcher = anythingBut([stringMatcher((text) => wildcards.some((wildcard) => matchesWildcard(wildcard, text)))]);
      return { matcher, wildcard: { wildcards } };
    }
    if (name === 'equals-ignore-case') {
      const problem = 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.';
      return {
        matcher: anythingBut(items.map((item) => stringMatcher(caseInsensitive(this.#string(name, problem, item), 'whole')))),
      };
    }
    const excluded = items.map((item) => {
      const text = this.#string(name, 'prefix/suffix match pattern must be a string', item);
      if (text === '') this.#refuse('Null prefix/suffix not allowed', item);
      return affix(name, text);
    });
    return { matcher: anythingBut(excluded) };
  }

  /** Branches that ask the same of all earlier fields share one machine for the next, as they do in EventBridge. */
  #checkComplexity(branches: readonly Branch[], root: JsonNode): void {
    const machines = new Map<string, Map<string, WildcardTerm>>();
    for (const branch of branches) {
      let before = '';
      for (const test of branch) {
        const machine = machines.get(`${before}${test.path}`) ?? new Map<string, WildcardTerm>();
        machines.set(`${before}${test.path}`, machine);
        for (const [index, term] of test.wildcards.entries()) machine.set(`${index}${test.source}`, term);
        before += `${test.path}${test.source}`;
      }
    }
    for (const machine of machines.values()) {
      if (isTooComplex([...machine.values()])) {
        this.#refuse(
          'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
          root,
        );
      }
    }
  }
}

function byPath(a: FieldTest, b: FieldTest): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** A string as it stands: unlike a listed value, an address equals only its own spelling. */
function equals(text: string): ValueMatcher {
  return stringMatcher((value) => value === text);
}

function affix(name: string, text: string): ValueMatcher {
  return stringMatcher(name === 'prefix' ? (value) => value.startsWith(text) : (value) => value.endsWith(text));
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
