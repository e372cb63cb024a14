import type { TaskAnswer } from '../interpreter/flow.ts';

/** A task that waits for its callback or its worker. */
export interface PendingTask {
  /** @returns false when the task is over */
  complete(answer: TaskAnswer): boolean;
  heartbeat(): void;
}

/** Tasks by their tokens. Tokens of tasks that are over are known for as long as their callers may still answer. */
export class TaskTokens {
  readonly #pending = new Map<string, PendingTask>();
  readonly #over = new Set<string>();
  static readonly #KEPT = 10_000;

  add(token: string, task: PendingTask): void {
    this.#pending.set(token, task);
  }

  remove(token: string): void {
    if (!this.#pending.delete(token)) return;
    this.#over.add(token);
    if (this.#over.size <= TaskTokens.#KEPT) return;
    const [oldest] = this.#over;
    if (oldest !== undefined) this.#over.delete(oldest);
  }

  get(token: string): PendingTask | 'over' | undefined {
    return this.#pending.get(token) ?? (this.#over.has(token) ? 'over' : undefined);
  }
}
