/** One request that an API answered. */
export interface AccessLine {
  readonly time: number;
  readonly apiId: string;
  readonly stage: string;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Milliseconds. */
  readonly latency: number;
  /** What was wrong inside, where the gateway answered by itself. */
  readonly error: string | undefined;
  /** The line in the stage's own format; undefined when it has no access log. */
  readonly text: string | undefined;
}

const CAPACITY = 10_000;

/** The last requests to all APIs, and whoever follows them. */
export class AccessLog {
  readonly #lines: AccessLine[] = [];
  readonly #listeners = new Set<(line: AccessLine) => void>();

  add(line: AccessLine): void {
    this.#lines.push(line);
    if (this.#lines.length >= CAPACITY * 2) this.#lines.splice(0, this.#lines.length - CAPACITY);
    for (const listener of this.#listeners) listener(line);
  }

  /** Oldest first. */
  lines(): AccessLine[] {
    return this.#lines.slice(-CAPACITY);
  }

  /** Calls `listener` with each line from now on; returns the function that ends it. */
  subscribe(listener: (line: AccessLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
