/** Those who wait for something, first come, first served. */
export class Waiters<Item> {
  readonly #waiting = new Set<(item: Item) => void>();

  /** @returns the function that ends the wait */
  wait(taker: (item: Item) => void): () => void {
    this.#waiting.add(taker);
    return () => void this.#waiting.delete(taker);
  }

  /** @returns whether somebody waited */
  give(item: Item): boolean {
    const [taker] = this.#waiting;
    if (!taker) return false;
    this.#waiting.delete(taker);
    taker(item);
    return true;
  }
}
