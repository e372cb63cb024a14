/**
 * What this function instance has published last of each aggregate.
 *
 * A stream record shows its item as it was when it was written, so events that were published and cleared since appear again. Remembering
 * them saves most repetitions; the whole text is compared, so that what is remembered is a fact about this very event. It is a saving
 * only: nothing depends on it, and a new instance starts without.
 */
export class PublishedMemory {
  readonly #texts = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  get(key: string): string | undefined {
    return this.#texts.get(key);
  }

  set(key: string, text: string): void {
    this.#texts.delete(key);
    this.#texts.set(key, text);
    if (this.#texts.size <= this.#capacity) return;
    const [oldest] = this.#texts.keys();
    if (oldest !== undefined) this.#texts.delete(oldest);
  }
}
