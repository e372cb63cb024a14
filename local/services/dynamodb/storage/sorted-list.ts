/** Chunks are split when they grow beyond this, so that an insertion moves few entries whatever the length of the list. */
const MAX_CHUNK = 256;

/** Entries in order, in chunks: finding, inserting and removing cost O(log n); walking on from anywhere costs nothing more. */
export class SortedList<Entry> {
  readonly #compare: (a: Entry, b: Entry) => number;
  readonly #chunks: Entry[][] = [];
  #size = 0;

  constructor(compare: (a: Entry, b: Entry) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get(probe: Entry): Entry | undefined {
    const [chunk, at] = this.#position(this.#notBefore(probe));
    const entry = this.#chunks[chunk]?.[at];
    return entry !== undefined && this.#compare(entry, probe) === 0 ? entry : undefined;
  }

  /** Adds an entry, or puts it in the place of its equal. */
  set(entry: Entry): void {
    const [chunkAt, at] = this.#position(this.#notBefore(entry));
    const chunk = this.#chunks[chunkAt];
    const there = chunk?.[at];
    if (chunk && there !== undefined && this.#compare(there, entry) === 0) {
      chunk[at] = entry;
      return;
    }
    this.#size += 1;
    // What comes after everything goes to the end of the last chunk.
    const target = chunk ?? this.#chunks[this.#chunks.length - 1];
    if (!target) this.#chunks.push([entry]);
    else {
      target.splice(chunk ? at : target.length, 0, entry);
      if (target.length > MAX_CHUNK) this.#split(chunk ? chunkAt : this.#chunks.length - 1, target, !chunk);
    }
  }

  delete(probe: Entry): void {
    const [chunkAt, at] = this.#position(this.#notBefore(probe));
    const chunk = this.#chunks[chunkAt];
    const entry = chunk?.[at];
    if (!chunk || entry === undefined || this.#compare(entry, probe) !== 0) return;
    this.#size -= 1;
    chunk.splice(at, 1);
    if (chunk.length === 0) this.#chunks.splice(chunkAt, 1);
  }

  /** From the first entry of which `isAfter` holds; it must hold of all that follow that one, too. */
  *ascending(isAfter: (entry: Entry) => boolean = () => true): Generator<Entry, void> {
    const [first, at] = this.#position(isAfter);
    for (let i = first; i < this.#chunks.length; i += 1) {
      const chunk = this.#chunks[i] ?? [];
      for (let j = i === first ? at : 0; j < chunk.length; j += 1) yield chunk[j] as Entry;
    }
  }

  /** Backwards from the last entry of which `isAfter` does not hold. */
  *descending(isAfter: (entry: Entry) => boolean = () => false): Generator<Entry, void> {
    const [first, at] = this.#position(isAfter);
    for (let i = Math.min(first, this.#chunks.length - 1); i >= 0; i -= 1) {
      const chunk = this.#chunks[i] ?? [];
      for (let j = i === first ? at - 1 : chunk.length - 1; j >= 0; j -= 1) yield chunk[j] as Entry;
    }
  }

  #notBefore(probe: Entry): (entry: Entry) => boolean {
    return (entry) => this.#compare(entry, probe) >= 0;
  }

  /** Chunk and place of the first entry of which `isAfter` holds. */
  #position(isAfter: (entry: Entry) => boolean): [chunk: number, at: number] {
    const chunk = firstIndex(this.#chunks, (entries) => isAfter(entries[entries.length - 1] as Entry));
    return [chunk, firstIndex(this.#chunks[chunk] ?? [], isAfter)];
  }

  /** Halves a chunk; one that grows at its end stays nearly full, as ascending keys leave all chunks behind them. */
  #split(at: number, chunk: Entry[], growsAtEnd: boolean): void {
    this.#chunks.splice(at + 1, 0, chunk.splice(growsAtEnd ? MAX_CHUNK - 1 : MAX_CHUNK / 2));
  }
}

function firstIndex<Element>(elements: readonly Element[], holds: (element: Element) => boolean): number {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(elements[middle] as Element)) high = middle;
    else low = middle + 1;
  }
  return low;
}
