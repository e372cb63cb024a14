interface Entry<T> {
  readonly item: T;
  readonly at: number;
  readonly order: number;
  place: number;
}

/** Items by the time they are due: the soonest at hand, any of them removable, each in logarithmic time. */
export class DueHeap<T> {
  readonly #heap: Entry<T>[] = [];
  readonly #entries = new Map<T, Entry<T>>();
  #order = 0;

  /** When the soonest is due. */
  get nextAt(): number | undefined {
    return this.#heap[0]?.at;
  }

  get first(): T | undefined {
    return this.#heap[0]?.item;
  }

  /** Sets when an item is due, whether it was in the heap before or not. */
  set(item: T, at: number): void {
    this.delete(item);
    const entry: Entry<T> = { item, at, order: this.#order++, place: this.#heap.length };
    this.#entries.set(item, entry);
    this.#heap.push(entry);
    this.#rise(entry);
  }

  delete(item: T): boolean {
    const entry = this.#entries.get(item);
    if (!entry) return false;
    this.#entries.delete(item);
    const last = this.#heap.pop();
    if (last && last !== entry) {
      this.#put(entry.place, last);
      this.#rise(last);
      this.#sink(last);
    }
    return true;
  }

  /** Removes the soonest item if it is due at `now`. */
  takeDue(now: number): T | undefined {
    const first = this.#heap[0];
    if (!first || first.at > now) return undefined;
    this.delete(first.item);
    return first.item;
  }

  #rise(entry: Entry<T>): void {
    while (entry.place > 0) {
      const parent = this.#heap[(entry.place - 1) >> 1];
      if (!parent || !before(entry, parent)) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry<T>): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const child = left && right && before(right, left) ? right : left;
      if (!child || !before(child, entry)) return;
      this.#swap(entry, child);
    }
  }

  #swap(a: Entry<T>, b: Entry<T>): void {
    const place = a.place;
    this.#put(b.place, a);
    this.#put(place, b);
  }

  #put(place: number, entry: Entry<T>): void {
    this.#heap[place] = entry;
    entry.place = place;
  }
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
