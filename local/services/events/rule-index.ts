import { type FlatEvent, flattenEvent, type Interest, matchesFlatEvent, type Pattern } from '../../event-pattern/index.ts';
import type { Rule } from './state.ts';

/** The fields rules are looked up by, most telling first. */
const KEYS = ['detail-type', 'source'] as const;

/**
 * Finds the rules that match an event without trying them all: a rule that names its detail types (else its sources) is
 * tried only for events that carry one of them.
 */
export class RuleIndex {
  readonly #byKey = new Map<string, Set<Rule>>();
  readonly #others = new Set<Rule>();
  readonly #keysOf = new Map<Rule, readonly string[] | undefined>();
  #interest: Interest | undefined;

  add(rule: Rule, pattern: Pattern): void {
    this.remove(rule);
    const keys = indexKeys(pattern);
    this.#keysOf.set(rule, keys);
    this.#interest = undefined;
    if (!keys) {
      this.#others.add(rule);
      return;
    }
    for (const key of keys) {
      const rules = this.#byKey.get(key) ?? new Set();
      this.#byKey.set(key, rules.add(rule));
    }
  }

  remove(rule: Rule): void {
    if (!this.#keysOf.has(rule)) return;
    for (const key of this.#keysOf.get(rule) ?? []) {
      const rules = this.#byKey.get(key);
      rules?.delete(rule);
      if (rules?.size === 0) this.#byKey.delete(key);
    }
    this.#others.delete(rule);
    this.#keysOf.delete(rule);
    this.#interest = undefined;
  }

  /** The rules that match, in the order they were made. */
  match(event: { readonly head: { readonly detailType: string; readonly source: string }; readonly value: object }): Rule[] {
    const candidates = [
      ...(this.#byKey.get(`detail-type=${event.head.detailType}`) ?? []),
      ...(this.#byKey.get(`source=${event.head.source}`) ?? []),
      ...this.#others,
    ];
    if (candidates.length === 0) return [];
    const flat: FlatEvent = flattenEvent(event.value, this.#interests());
    return candidates.filter(({ pattern }) => pattern && matchesFlatEvent(pattern, flat)).sort((a, b) => a.order - b.order);
  }

  #interests(): Interest {
    this.#interest ??= {
      leaves: new Set([...this.#keysOf.keys()].flatMap(({ pattern }) => [...(pattern?.leaves ?? [])])),
      containers: new Set([...this.#keysOf.keys()].flatMap(({ pattern }) => [...(pattern?.containers ?? [])])),
    };
    return this.#interest;
  }
}

/** The values of one key field, one of which every matching event has; undefined where the pattern leaves both open. */
function indexKeys(pattern: Pattern): string[] | undefined {
  for (const key of KEYS) {
    const values = pattern.branches.map((branch) => branch.find(({ path }) => path === key)?.exact);
    if (values.every((exact) => exact !== undefined))
      return [...new Set(values.flatMap((exact) => exact ?? []))].map((value) => `${key}=${value}`);
  }
  return undefined;
}
