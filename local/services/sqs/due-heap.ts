interface Entry<T> {
  readonly item: T;
  readonly at: number;
  readonly order: number;
}

/** Items by the time they are due: the soonest at hand, any of them removable, each in logarithmic time. */
export class DueHeap<T> {
  readonly #entries: Entry<T>[] = [];
  readonly #places = new Map<T, number>();
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** When the soonest is due. */
  get nextAt(): number | undefined {
    return this.#entries[0]?.at;
  }

  get first(): T | undefined {
    return this.#entries[0]?.item;
  }

  /** Sets when an item is due, whether it was in the heap before or not. */
  set(item: T, at: number): void {
    this.delete(item);
    this.#rise(this.#entries.length, { item, at, order: this.#order++ });
  }

  delete(item: T): boolean {
    const place = this.#places.get(item);
    if (place === undefined) return false;
    this.#places.delete(item);
    const last = this.#entries.pop();
    if (last && place < this.#entries.length) {
      const parent = this.#entries[(place - 1) >> 1];
      if (place > 0 && parent && before(last, parent)) this.#rise(place, last);
      else this.#sink(place, last);
    }
    return true;
  }

  /** Removes the soonest item if it is due at `now`. */
  takeDue(now: number): T | undefined {
    const first = this.#entries[0];
    if (!first || first.at > now) return undefined;
    this.delete(first.item);
    return first.item;
  }

  clear(): void {
    this.#entries.length = 0;
    this.#places.clear();
  }

  #rise(from: number, entry: Entry<T>): void {
    let place = from;
    while (place > 0) {
      const up = (place - 1) >> 1;
      const parent = this.#entries[up];
      if (!parent || !before(entry, parent)) break;
      this.#put(place, parent);
      place = up;
    }
    this.#put(place, entry);
  }

  #sink(from: number, entry: Entry<T>): void {
    let place = from;
    for (;;) {
      let down = 2 * place + 1;
      let child = this.#entries[down];
      const right = this.#entries[down + 1];
      if (child && right && before(right, child)) {
        child = right;
        down += 1;
      }
      if (!child || !before(child, entry)) break;
      this.#put(place, child);
      place = down;
    }
    this.#put(place, entry);
  }

  #put(place: number, entry: Entry<T>): void {
    this.#entries[place] = entry;
    this.#places.set(entry.item, place);
  }
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
