import { comparableNumber, InexactNumber } from './comparable-number.ts';
import { type JsonNode, parseJson } from './json-syntax.ts';
import type { LeafValue } from './value-matcher.ts';

/**
 * Which element of which arrays of the event a value stands in: a chain from the innermost array outwards.
 * Values of two fields belong together when they stand in the same element of every array that both are in.
 */
export interface Membership {
  readonly array: number;
  readonly element: number;
  readonly outer: Membership | undefined;
}

export interface Leaf extends LeafValue {
  readonly membership: Membership | undefined;
}

/** The leaves of an event by their dotted path. */
export type FlatEvent = ReadonlyMap<string, readonly Leaf[]>;

/** What a set of patterns looks at: all else in an event is passed over. */
export interface Interest {
  readonly leaves: ReadonlySet<string>;
  readonly containers: ReadonlySet<string>;
}

/** @param event a JSON value, as {@link readEvent} or `JSON.parse` gives it */
export function flattenEvent(event: object, interest: Interest): FlatEvent {
  const leaves = new Map<string, Leaf[]>();
  let arrays = 0;

  const visit = (value: unknown, path: string, membership: Membership | undefined): void => {
    if (Array.isArray(value)) {
      const array = arrays;
      arrays += 1;
      for (const [element, item] of value.entries()) {
        // Plain values of one list are alternatives; only what holds fields of its own keeps its place.
        visit(item, path, isContainer(item) ? { array, element, outer: membership } : membership);
      }
    } else if (isContainer(value)) {
      for (const name of Object.keys(value)) {
        const inner = path === '' ? name : `${path}.${name}`;
        if (interest.containers.has(inner) || interest.leaves.has(inner))
          visit((value as Record<string, unknown>)[name], inner, membership);
      }
    } else if (interest.leaves.has(path)) {
      const known = leaves.get(path);
      const leaf = makeLeaf(value, membership);
      if (known) known.push(leaf);
      else leaves.set(path, [leaf]);
    }
  };
  visit(event, '', undefined);
  return leaves;
}

/** Digits enough to be beyond what a double holds. */
const MAY_BE_INEXACT = /\d{16}|[eE][+-]?\d{3}|\d\.\d*\d{14}/;

/**
 * Reads JSON as `JSON.parse` does, but keeps numbers that doubles cannot hold.
 *
 * @throws SyntaxError | JsonSyntaxError for text that is not JSON
 */
export function readEvent(text: string): unknown {
  return MAY_BE_INEXACT.test(text) ? plain(parseJson(text)) : JSON.parse(text);
}

function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(node.entries.map(([name, value]) => [name, plain(value)]));
    case 'array':
      return node.items.map(plain);
    case 'string':
      return node.text;
    case 'number':
      return comparableNumber(node.text) ?? new InexactNumber(node.text);
    default:
      return JSON.parse(node.text) as unknown;
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof InexactNumber);
}

function makeLeaf(value: unknown, membership: Membership | undefined): Leaf {
  if (typeof value === 'string') return { kind: 'string', text: value, number: undefined, membership };
  if (typeof value === 'number') return { kind: 'number', text: String(value), number: value + 0, membership };
  if (value instanceof InexactNumber) return { kind: 'number', text: value.text, number: undefined, membership };
  return { kind: 'literal', text: String(value), number: undefined, membership };
}
