import { InvalidPatternError } from './invalid-pattern.ts';
import { parseIp } from './ip-address.ts';
import { type JsonArray, type JsonNode, type JsonObject, JsonSyntaxError, parseJson } from './json-syntax.ts';
import { matchExpression } from './match-expression.ts';
import { type Branch, type FieldTest, makePattern, type Pattern } from './pattern.ts';
import { exactLiteral, exactNumber, exactString, type ValueMatcher } from './value-matcher.ts';
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
          const term = matchExpression(item, (reason, node) => this.#refuse(reason, node));
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
