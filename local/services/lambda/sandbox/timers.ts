import { promisify } from 'node:util';
import type { Kernel, Timer } from '../../../kernel/index.ts';

interface Pending {
  readonly task: () => void;
  readonly period: number | undefined;
  /** Of two timers due at once, the one set first fires first. */
  order: number;
  due: number;
  delay: number;
  counted: boolean;
  turn: Turn | undefined;
}

/** A task of the kernel, and the timer that it fires. */
interface Turn {
  owner: Pending;
  readonly task: Timer;
}

export interface TimersHost {
  readonly kernel: Kernel;
  readonly label: string;
  /** A timer starts or stops being something the function may wait for. */
  waiting(change: 1 | -1): void;
  /** A callback threw. */
  failed(error: unknown): void;
}

/** Longest delay of a Node timer; longer ones fire after 1 ms. */
const LONGEST_DELAY_MS = 0x7fff_ffff;

/** A timer as `setTimeout` of Node returns it. */
export class FunctionTimeout {
  readonly #timers: FunctionTimers;
  readonly #pending: Pending;
  #referenced = true;

  constructor(timers: FunctionTimers, pending: Pending) {
    this.#timers = timers;
    this.#pending = pending;
  }

  ref(): this {
    this.#referenced = true;
    return this;
  }

  unref(): this {
    this.#referenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  refresh(): this {
    this.#timers.restart(this.#pending);
    return this;
  }

  close(): this {
    this.#timers.cancel(this.#pending);
    return this;
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')](): void {
    this.close();
  }

  [Symbol.toPrimitive](): number {
    return this.#timers.idOf(this);
  }
}

/**
 * The timers of one function instance, on the kernel's clock. Between invocations the instance is frozen, and its timers
 * with it: those that fell due meanwhile run when the next invocation thaws it, as on AWS.
 */
export class FunctionTimers {
  readonly #host: TimersHost;
  readonly #pending = new Set<Pending>();
  readonly #byTimeout = new WeakMap<FunctionTimeout, Pending>();
  readonly #ids = new Map<number, FunctionTimeout>();
  #nextId = 1;
  #nextOrder = 1;
  #frozen = false;
  #closed = false;

  constructor(host: TimersHost) {
    this.#host = host;
  }

  /** How many timers are still to fire. */
  get size(): number {
    return this.#pending.size;
  }

  set(task: () => void, delay: number | undefined, repeat = false): FunctionTimeout {
    const ms = Math.trunc(Number(delay)) || 0;
    const clamped = ms < 0 ? 0 : ms > LONGEST_DELAY_MS ? 1 : ms;
    const pending: Pending = {
      task,
      period: repeat ? Math.max(clamped, 1) : undefined,
      order: 0,
      due: 0,
      delay: clamped,
      counted: false,
      turn: undefined,
    };
    const timeout = new FunctionTimeout(this, pending);
    this.#byTimeout.set(timeout, pending);
    this.restart(pending);
    return timeout;
  }

  clear(timeout: unknown): void {
    const target = typeof timeout === 'number' || typeof timeout === 'string' ? this.#ids.get(Number(timeout)) : timeout;
    const pending = target instanceof FunctionTimeout ? this.#byTimeout.get(target) : undefined;
    if (pending) this.cancel(pending);
  }

  idOf(timeout: FunctionTimeout): number {
    for (const [id, known] of this.#ids) if (known === timeout) return id;
    const id = this.#nextId++;
    this.#ids.set(id, timeout);
    return id;
  }

  restart(pending: Pending): void {
    if (this.#closed) return;
    this.cancel(pending);
    pending.due = this.#host.kernel.now() + pending.delay;
    pending.order = this.#nextOrder++;
    this.#pending.add(pending);
    if (!this.#frozen) this.#arm(pending);
  }

  cancel(pending: Pending): void {
    this.#disarm(pending);
    this.#pending.delete(pending);
  }

  freeze(): void {
    this.#frozen = true;
    for (const pending of this.#pending) this.#disarm(pending);
  }

  thaw(): void {
    this.#frozen = false;
    for (const pending of this.#pending) this.#arm(pending);
  }

  /** The instance is gone: nothing fires any more. */
  close(): void {
    this.#closed = true;
    for (const pending of [...this.#pending]) this.cancel(pending);
    this.#ids.clear();
  }

  #arm(pending: Pending): void {
    if (!pending.counted) {
      pending.counted = true;
      this.#host.waiting(1);
    }
    const turn: Turn = {
      owner: pending,
      task: this.#host.kernel.schedule(pending.due, () => this.#take(turn), { label: this.#host.label }),
    };
    pending.turn = turn;
  }

  #disarm(pending: Pending): void {
    pending.turn?.task.cancel();
    pending.turn = undefined;
    if (!pending.counted) return;
    pending.counted = false;
    this.#host.waiting(-1);
  }

  /** The kernel may turn tasks of one instant around, an event loop does not: the turn goes to the timer that is first. */
  #take(turn: Turn): void {
    const { owner } = turn;
    let first = owner;
    for (const other of this.#pending) if (other.due < first.due || (other.due === first.due && other.order < first.order)) first = other;
    if (first !== owner && first.turn) {
      first.turn.owner = owner;
      owner.turn = first.turn;
      first.turn = turn;
    }
    this.#fire(first);
  }

  #fire(pending: Pending): void {
    this.cancel(pending);
    if (pending.period !== undefined) {
      pending.delay = pending.period;
      this.restart(pending);
    }
    try {
      pending.task();
    } catch (error) {
      this.#host.failed(error);
    }
  }
}

type Callback = (...values: unknown[]) => void;

/** `setTimeout` and its family, for globals, `node:timers` and `node:timers/promises`. */
export function timerFunctions(timers: FunctionTimers) {
  const sleep = <Value>(delay?: number, value?: Value, options?: { signal?: AbortSignal }): Promise<Value | undefined> =>
    new Promise((resolve, reject) => {
      const { signal } = options ?? {};
      const aborted = (): void =>
        reject(Object.assign(new Error('The operation was aborted', { cause: signal?.reason }), { name: 'AbortError', code: 'ABORT_ERR' }));
      if (signal?.aborted) return aborted();
      const timer = timers.set(() => resolve(value), delay);
      signal?.addEventListener('abort', () => {
        timers.clear(timer);
        aborted();
      });
    });
  const setTimeout = (callback: Callback, delay?: number, ...values: unknown[]): FunctionTimeout =>
    timers.set(() => callback(...values), delay === undefined || delay < 1 ? 1 : delay);
  const setInterval = (callback: Callback, delay?: number, ...values: unknown[]): FunctionTimeout =>
    timers.set(() => callback(...values), delay, true);
  const setImmediate = (callback: Callback, ...values: unknown[]): FunctionTimeout => timers.set(() => callback(...values), 0);
  const clear = (timeout: unknown): void => timers.clear(timeout);
  Object.assign(setTimeout, { [promisify.custom]: sleep });
  Object.assign(setImmediate, { [promisify.custom]: (value?: unknown) => sleep(0, value) });
  async function* everyTick(delay?: number, value?: unknown): AsyncGenerator<unknown> {
    for (;;) yield await sleep(delay, value);
  }
  return {
    globals: { setTimeout, setInterval, setImmediate, clearTimeout: clear, clearInterval: clear, clearImmediate: clear },
    promises: {
      setTimeout: sleep,
      setImmediate: (value?: unknown) => sleep(0, value),
      setInterval: everyTick,
      scheduler: { wait: (delay: number) => sleep(delay), yield: () => sleep(0) },
    },
  };
}
