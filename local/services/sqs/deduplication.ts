import { LIMITS } from './limits.ts';
import { LinkedList } from './linked-list.ts';

interface Remembered {
  readonly key: string;
  readonly until: number;
}

/** What a FIFO queue accepted in the last five minutes, and answers again instead of accepting twice. */
export class Deduplication<T> {
  readonly #accepted = new Map<string, T>();
  readonly #expiry = new LinkedList<Remembered>();

  find(key: string, now: number): T | undefined {
    this.#forget(now);
    return this.#accepted.get(key);
  }

  remember(key: string, value: T, now: number): void {
    this.#accepted.set(key, value);
    this.#expiry.push({ key, until: now + LIMITS.deduplicationMs });
  }

  #forget(now: number): void {
    for (let node = this.#expiry.first; node && node.value.until <= now; node = this.#expiry.first) {
      this.#accepted.delete(node.value.key);
      this.#expiry.remove(node);
    }
  }
}
