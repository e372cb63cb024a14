import type { LogLevel } from './sandbox/index.ts';

/** One line that a function wrote. */
export interface LogLine {
  readonly time: number;
  readonly functionName: string;
  readonly requestId: string | undefined;
  readonly logGroup: string;
  readonly logStream: string;
  readonly level: LogLevel;
  readonly message: string;
}

/** The last lines of each function, and whoever follows them. */
export class LogStore {
  readonly #capacity: number;
  readonly #lines = new Map<string, LogLine[]>();
  readonly #listeners = new Set<(line: LogLine) => void>();

  /** @param capacity lines kept for each function */
  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  add(line: LogLine): void {
    let lines = this.#lines.get(line.functionName);
    if (!lines) {
      lines = [];
      this.#lines.set(line.functionName, lines);
    }
    lines.push(line);
    // Dropped by halves, so that a full store costs no more for each line.
    if (lines.length >= this.#capacity * 2) lines.splice(0, lines.length - this.#capacity);
    for (const listener of this.#listeners) listener(line);
  }

  /** The lines kept of one function, or of all, oldest first. */
  lines(functionName?: string): LogLine[] {
    if (functionName !== undefined) return (this.#lines.get(functionName) ?? []).slice(-this.#capacity);
    return [...this.#lines.values()].flatMap((lines) => lines.slice(-this.#capacity)).sort((a, b) => a.time - b.time);
  }

  /** Calls `listener` with each line from now on; returns the function that ends it. */
  subscribe(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
