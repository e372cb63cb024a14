import type { Timer } from '../../../kernel/index.ts';
import type { TaskAnswer, TaskCall } from '../interpreter/flow.ts';

/** The clock and the tokens that a task lives by. */
export interface FlightDeck {
  after(ms: number, task: () => void): Timer;
  addToken(token: string, flight: Flight): void;
  removeToken(token: string): void;
}

/**
 * A task that is under way: its timers, its token, and an answer that may come before it is asked for.
 *
 *     call ──▶ answered ──▶ [job or callback runs] ──▶ completed
 *      └── a callback may come here already, and is kept ──┘
 */
export class Flight {
  readonly call: TaskCall;
  readonly #deck: FlightDeck;
  #timeout: Timer | undefined;
  #heartbeat: Timer | undefined;
  #deliver: ((answer: TaskAnswer) => void) | undefined;
  #kept: TaskAnswer | undefined;
  #landed = false;
  #calling = true;
  readonly #onLand: (() => void)[] = [];

  constructor(call: TaskCall, deck: FlightDeck) {
    this.call = call;
    this.#deck = deck;
    if (call.timeoutMs !== undefined) {
      this.#timeout = deck.after(call.timeoutMs, () => this.#land({ kind: 'timedOut', heartbeat: false }));
    }
    if (call.token !== undefined) deck.addToken(call.token, this);
    this.heartbeat();
  }

  get landed(): boolean {
    return this.#landed;
  }

  /** Waits for the next answer. */
  await(deliver: (answer: TaskAnswer) => void): void {
    this.#deliver = deliver;
    const kept = this.#kept;
    if (kept) this.#land(kept);
  }

  /** The call was answered; the task itself goes on, until {@link complete}. */
  answered(answer: TaskAnswer): void {
    if (this.#landed) return;
    const deliver = this.#deliver;
    this.#deliver = undefined;
    deliver?.(answer);
  }

  /** The task is done. */
  complete(answer: TaskAnswer): boolean {
    if (this.#landed || this.#kept) return false;
    if (this.#deliver && !this.#calling) this.#land(answer);
    else this.#kept = answer;
    return true;
  }

  /** From now on an answer ends the task. */
  submitted(): void {
    this.#calling = false;
  }

  heartbeat(): void {
    this.#heartbeat?.cancel();
    if (this.call.heartbeatMs === undefined || this.#landed) return;
    this.#heartbeat = this.#deck.after(this.call.heartbeatMs, () => this.#land({ kind: 'timedOut', heartbeat: true }));
  }

  /** Called when the task is over, whichever way. */
  onLand(then: () => void): void {
    this.#onLand.push(then);
  }

  /** Nobody wants the task any more. */
  cancel(): void {
    this.#deliver = undefined;
    this.#close();
  }

  /** The call's own answer is the end of the task. */
  end(answer: TaskAnswer): void {
    if (!this.#landed) this.#land(answer);
  }

  #land(answer: TaskAnswer): void {
    if (this.#landed) return;
    const deliver = this.#deliver;
    this.#deliver = undefined;
    this.#close();
    deliver?.(answer);
  }

  #close(): void {
    this.#landed = true;
    this.#timeout?.cancel();
    this.#heartbeat?.cancel();
    if (this.call.token !== undefined) this.#deck.removeToken(this.call.token);
    for (const then of this.#onLand) then();
  }
}
