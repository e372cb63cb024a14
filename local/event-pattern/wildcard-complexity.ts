import type { Wildcard } from './wildcard.ts';

/** The wildcards of one match expression (`anything-but` may list several). */
export interface WildcardTerm {
  readonly wildcards: readonly Wildcard[];
}

/** EventBridge refuses what could be at more than this many places of its wildcards at once. */
const MOST_ACTIVE = 10;
/** How many combinations of places are looked at before a pattern passes as simple enough. */
const MOST_STATES = 5_000;

const ROOT = 0;

interface Place {
  /** Reached by any character, and stays. */
  readonly star: boolean;
  readonly character: string;
  readonly next: number[];
}

/**
 * Whether some value could be at more than ten places of the wildcards at once, which is what EventBridge calls too complex.
 * Places that two values of one expression share (their common beginning, their end) count once for that expression.
 */
export function isTooComplex(terms: readonly WildcardTerm[]): boolean {
  const places: Place[] = [{ star: false, character: '', next: [] }];
  for (const term of terms) addTerm(term, places);
  if (places.length <= MOST_ACTIVE) return false;

  const alphabet = new Set(places.filter((place) => !place.star).map((place) => place.character));
  const queue: (readonly number[])[] = [[ROOT]];
  const seen = new Set<string>();
  for (let active = queue.pop(); active; active = queue.pop()) {
    for (const character of [...alphabet, undefined]) {
      const reached = step(places, active, character);
      if (countActive(places, reached) > MOST_ACTIVE) return true;
      const key = reached.join();
      if (reached.length > 0 && !seen.has(key) && seen.size < MOST_STATES) {
        seen.add(key);
        queue.push(reached);
      }
    }
  }
  return false;
}

/** Adds the places of one expression behind the root. */
function addTerm({ wildcards }: WildcardTerm, places: Place[]): void {
  const shared = new Map<string, number>();
  const create = (star: boolean, character: string): number => places.push({ star, character, next: [] }) - 1;
  const end = create(false, '"');
  for (const { pieces } of wildcards) {
    // Until the first asterisk has passed, values that begin alike are at the same places.
    let beginning: string | undefined = '';
    let from: readonly number[] = [ROOT];
    const enter = (star: boolean, character: string): number => {
      let id: number | undefined;
      if (beginning === undefined) {
        id = create(star, character);
      } else {
        const key: string = `${beginning}${star ? '*' : `.${character}`}`;
        id = shared.get(key) ?? create(star, character);
        shared.set(key, id);
        beginning = star ? undefined : key;
      }
      link(id);
      return id;
    };
    const link = (id: number): void => {
      for (const place of from) {
        const next = places[place]?.next;
        if (next && !next.includes(id)) next.push(id);
      }
    };
    for (const [index, piece] of pieces.entries()) {
      for (const character of index === 0 ? `"${piece}` : piece) from = [enter(false, character)];
      // What follows an asterisk may also follow what stands before it: the asterisk may match nothing.
      if (index < pieces.length - 1) from = [...from, enter(true, '')];
    }
    link(end);
  }
}

function step(places: readonly Place[], active: readonly number[], character: string | undefined): number[] {
  const reached = new Set<number>();
  const visit = (id: number): void => {
    const place = places[id];
    if (place && (place.star || place.character === character)) reached.add(id);
  };
  for (const id of active) {
    for (const next of places[id]?.next ?? []) visit(next);
    if (places[id]?.star) reached.add(id);
  }
  return [...reached].sort((a, b) => a - b);
}

/** Places that hold, and the asterisks right after them, which an empty text satisfies. */
function countActive(places: readonly Place[], reached: readonly number[]): number {
  const counted = new Set(reached);
  for (const id of reached) for (const next of places[id]?.next ?? []) if (places[next]?.star) counted.add(next);
  return counted.size;
}
