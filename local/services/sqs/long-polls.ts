import type { Kernel } from '../../kernel/index.ts';
import { LinkedList } from './linked-list.ts';

interface Waiter<Answer> {
  /** Tries to answer; undefined when there is still nothing. */
  readonly attempt: () => Answer | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Receives that wait for a message, answered in the order they came. */
export class LongPolls<Answer> {
  readonly #kernel: Kernel;
  readonly #name: string;
  readonly #waiters = new LinkedList<Waiter<Answer>>();
  #serving = false;

  constructor(kernel: Kernel, name: string) {
    this.#kernel = kernel;
    this.#name = name;
  }

  /** Answers with what `attempt` finds after the next {@link serve} that finds something, or with `none` after `ms`. */
  wait(attempt: () => Answer | undefined, none: Answer, ms: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timer.cancel();
        this.#waiters.remove(node);
      };
      const timer = this.#kernel.after(
        ms,
        () => {
          end();
          resolve(none);
        },
        { label: `long poll of ${this.#name}` },
      );
      const node = this.#waiters.push({
        attempt,
        resolve: (answer) => {
          end();
          resolve(answer);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      });
    });
  }

  /** Something arrived: whoever waits is answered in the next step. */
  serve(): void {
    if (this.#waiters.length === 0 || this.#serving) return;
    this.#serving = true;
    const answer = (): void => {
      this.#serving = false;
      for (const waiter of [...this.#waiters]) {
        const found = waiter.attempt();
        if (found === undefined) return;
        waiter.resolve(found);
      }
    };
    this.#kernel.after(0, answer, { label: `answer to a long poll of ${this.#name}` });
  }

  refuseAll(error: unknown): void {
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }
}
