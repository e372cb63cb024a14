/** An event that reached nobody. */
export interface UndeliveredEvent {
  readonly at: number;
  readonly eventId: string;
  /** The rule or the bus that let it fall. */
  readonly resource: string;
  /** The target, if it came that far. */
  readonly target?: string;
  readonly reason: string;
}

const KEPT = 1_000;

/** What AWS drops without a word is counted here, and the last thousand cases are kept, so that tests can see them. */
export class Undelivered {
  readonly #recent: UndeliveredEvent[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get recent(): readonly UndeliveredEvent[] {
    return this.#recent;
  }

  add(event: UndeliveredEvent): void {
    this.#count += 1;
    this.#recent.push(event);
    if (this.#recent.length > KEPT) this.#recent.shift();
  }
}
