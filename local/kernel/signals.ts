/** Who waits for news of which resource. */
export class Signals {
  readonly #listeners = new Map<string, Set<() => void>>();

  on(topic: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(topic, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(topic);
    };
  }

  emit(topic: string): void {
    const listeners = this.#listeners.get(topic);
    if (listeners) for (const listener of [...listeners]) listener();
  }
}
