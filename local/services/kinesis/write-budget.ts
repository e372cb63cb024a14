/** What a shard takes in a second. */
const RECORDS_PER_SECOND = 1_000;
const BYTES_PER_SECOND = 1_048_576;

/** Counts what a shard has taken in the current second. */
export class WriteBudget {
  #second = -1;
  #records = 0;
  #bytes = 0;

  /** Whether the shard takes a record of `bytes` now; if so it counts. */
  take(bytes: number, now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#records = 0;
      this.#bytes = 0;
    }
    // A record larger than a second's bytes passes alone, as large records do in AWS, by burst capacity.
    if (this.#records >= RECORDS_PER_SECOND || (this.#bytes > 0 && this.#bytes + bytes > BYTES_PER_SECOND)) return false;
    this.#records += 1;
    this.#bytes += bytes;
    return true;
  }
}
