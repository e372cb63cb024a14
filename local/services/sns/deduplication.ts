/** What a FIFO topic published lately, by deduplication id. */
export class Deduplication<T> {
  readonly #forMs: number;
  /** Two generations, the older of which is dropped whole: an entry is held for its time at least and looked up with care. */
  #current = new Map<string, { readonly value: T; readonly until: number }>();
  #previous = new Map<string, { readonly value: T; readonly until: number }>();
  #turnAt = 0;

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  find(key: string, now: number): T | undefined {
    const entry = this.#current.get(key) ?? this.#previous.get(key);
    return entry && entry.until > now ? entry.value : undefined;
  }

  remember(key: string, value: T, now: number): void {
    if (now >= this.#turnAt) {
      this.#previous = this.#current;
      this.#current = new Map();
      this.#turnAt = now + this.#forMs;
    }
    this.#current.set(key, { value, until: now + this.#forMs });
  }
}
