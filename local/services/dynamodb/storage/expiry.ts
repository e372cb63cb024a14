import type { Item } from '../values/attribute-value.ts';
import { comparePlaces, type Place } from './keyed-items.ts';
import { SortedList } from './sorted-list.ts';

/** An expiry time further back than this is taken for a mistake and left alone. */
const TOO_OLD_MS = 5 * 365 * 24 * 3_600_000;
const LATEST_MS = 8.64e15;

export interface Expiring {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly place: Place;
}

/** Which items of a table expire when: time to live. */
export class Expiry {
  readonly attribute: string;
  readonly #expiring = new SortedList<Expiring>((a, b) => a.at - b.at || comparePlaces(a.place, b.place));

  constructor(attribute: string) {
    this.attribute = attribute;
  }

  /** When the next item expires. */
  get next(): number | undefined {
    for (const { at } of this.#expiring.ascending()) return at;
    return undefined;
  }

  replace(place: Place, before: Item | undefined, after: Item | undefined): void {
    const from = before && this.expiresAt(before);
    const to = after && this.expiresAt(after);
    if (from === to) return;
    if (from !== undefined) this.#expiring.delete({ at: from, place });
    if (to !== undefined) this.#expiring.set({ at: to, place });
  }

  /** What has expired by `now`, oldest first, without what is too old to be meant. */
  due(now: number): Expiring[] {
    const due: Expiring[] = [];
    for (const expiring of this.#expiring.ascending()) {
      if (expiring.at > now) break;
      due.push(expiring);
    }
    return due;
  }

  forget(expiring: Expiring): void {
    this.#expiring.delete(expiring);
  }

  isTooOld({ at }: Expiring, now: number): boolean {
    return at < now - TOO_OLD_MS;
  }

  /** Epoch milliseconds from the attribute, which holds epoch seconds as a number; otherwise the item does not expire. */
  expiresAt(item: Item): number | undefined {
    const seconds = item[this.attribute]?.N;
    const at = seconds === undefined ? Number.NaN : Math.floor(Number(seconds)) * 1000;
    return Math.abs(at) <= LATEST_MS ? at : undefined;
  }
}
