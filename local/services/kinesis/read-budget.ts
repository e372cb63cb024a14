/** What a shard gives in a second to all who read it with GetRecords. */
const CALLS_PER_SECOND = 5;
const BYTES_PER_SECOND = 2 * 1_048_576;

/**
 * Counts what a shard has given in the current second. An answer larger than a second's bytes is given whole; the seconds that it
 * took beyond are then closed, five after the largest of 10 MiB.
 */
export class ReadBudget {
  #second = -1;
  #calls = 0;
  #bytes = 0;
  #openFrom = 0;

  /** Whether the shard answers another call now; if so it counts. */
  take(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second < this.#openFrom) return false;
    if (second !== this.#second) {
      this.#second = second;
      this.#calls = 0;
      this.#bytes = 0;
    }
    if (this.#calls >= CALLS_PER_SECOND) return false;
    this.#calls += 1;
    return true;
  }

  /** Counts what a call was given. */
  give(bytes: number): void {
    this.#bytes += bytes;
    this.#openFrom = this.#second + Math.floor(this.#bytes / BYTES_PER_SECOND);
  }
}
