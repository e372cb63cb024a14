import { Agenda, type ScheduleOptions, type Task, type Timer } from './agenda.ts';
import { AwsError } from './aws-error.ts';
import { type Random, seededRandom } from './random.ts';
import {
  type CallContext,
  type PendingWork,
  type PermissionQuestion,
  ROOT,
  type Service,
  type ServiceCall,
  type ServiceName,
} from './service.ts';
import { Signals } from './signals.ts';

export interface KernelOptions {
  /** Seed of every random number in the cloud. @default 1 */
  readonly seed?: number;
  /** `virtual`: time moves only by `advance` and `settle`. `real`: with the machine's clock. @default 'virtual' */
  readonly time?: 'virtual' | 'real';
  /** Where virtual time starts, in epoch milliseconds. @default 2026-01-01T00:00:00Z */
  readonly startAt?: number;
  /** What decides between tasks due at the same instant: the order they were scheduled in, or the seed. @default 'fifo' */
  readonly ties?: 'fifo' | 'seeded';
}

/** Sees every call at the boundary of a service: may refuse it (throw), delay it, or look at its outcome. */
export interface Interceptor {
  /** Milliseconds until the call takes effect. @default 0 */
  delay?(call: ServiceCall): number;
  /** Milliseconds from the effect until the caller hears of it. @default 0 */
  delayAnswer?(call: ServiceCall): number;
  /** Throw an `AwsError` to refuse the call before it takes effect. */
  before?(call: ServiceCall, context: CallContext): void;
  /** The refusal of a further permission that a call turns out to need. @default none */
  judge?(question: PermissionQuestion): AwsError | undefined;
  /** Throw to lose the answer of a call that took effect. */
  after?(call: ServiceCall, context: CallContext, outcome: { readonly output?: object; readonly error?: unknown }): void;
}

/** A piece of work that is running, such as a function's invocation. Time does not pass it by while it waits for nothing of the kernel's. */
export interface Hold {
  /** The work begins to wait for a call or a timer of the kernel. */
  wait(): void;
  /** That wait is over. */
  resume(): void;
  /** The work is done. */
  release(): void;
}

/** Something that virtual time is moved on for. */
interface Goal {
  /** The latest time it may take. */
  readonly limit: number;
  reached(): boolean;
  /** The error when the goal can't be reached any more; without one it counts as reached. */
  stuck?(): Error;
}

/** How long, in wall time, running work may wait for something outside the kernel before that is an error. */
const OUTSIDE_LIMIT_MS = 10_000;
const DEFAULT_SETTLE_MS = 7 * 24 * 3_600_000;

/**
 * The heart of the local cloud: one clock, one agenda, one source of randomness, and the switchboard on which services meet.
 *
 * Services never import each other; they `call` through the kernel. Every asynchronous call is a step of the agenda,
 * answered in turn, after which one macrotask turn drains the promises that it settled: a run depends on its seed alone.
 */
export class Kernel {
  readonly #services = new Map<ServiceName, Service>();
  readonly #agenda: Agenda;
  readonly #holds = new Map<symbol, { label: string; waiting: number }>();
  readonly #interceptors: Interceptor[] = [];
  readonly #goals = new Map<Goal, { resolve: () => void; reject: (error: unknown) => void }>();
  readonly #realTime: boolean;
  readonly #signals = new Signals();
  readonly rng: Random;
  #now: number;
  #loop: Promise<void> | undefined;
  readonly #sleepers = new Set<() => void>();
  #stopped = false;
  #failure: unknown;

  constructor(options: KernelOptions = {}) {
    this.rng = seededRandom(options.seed ?? 1);
    this.#agenda = new Agenda(options.ties === 'seeded' ? () => this.rng.next() : () => 0);
    this.#realTime = options.time === 'real';
    this.#now = options.startAt ?? Date.UTC(2026, 0, 1);
  }

  /** Epoch milliseconds, of the virtual or the real clock. */
  now(): number {
    return this.#realTime ? Date.now() : this.#now;
  }

  random(): number {
    return this.rng.next();
  }

  uuid(): string {
    return this.rng.uuid();
  }

  get time(): 'virtual' | 'real' {
    return this.#realTime ? 'real' : 'virtual';
  }

  register(service: Service): void {
    this.#services.set(service.name, service);
  }

  /** The service of that name, for the loader and reports. Services themselves use {@link call}. */
  service(name: ServiceName): Service {
    const service = this.#services.get(name);
    if (!service) throw new AwsError('UnknownService', `The local cloud has no service '${name}'.`, { status: 501, fault: 'server' });
    return service;
  }

  intercept(interceptor: Interceptor): () => void {
    this.#interceptors.push(interceptor);
    return () => {
      const at = this.#interceptors.indexOf(interceptor);
      if (at >= 0) this.#interceptors.splice(at, 1);
    };
  }

  /** Runs `task` at `at` (epoch milliseconds; the past means now). Daemon tasks do not keep {@link settle} waiting. */
  schedule(at: number, task: Task, options: ScheduleOptions = {}): Timer {
    const timer = this.#agenda.add(Math.max(at, this.now()), task, options);
    this.#wake();
    return timer;
  }

  /** Runs `task` after `ms` milliseconds. */
  after(ms: number, task: Task, options: ScheduleOptions = {}): Timer {
    return this.schedule(this.now() + ms, task, options);
  }

  /** Makes a call at once, for code that is itself a step of the agenda, and for creating resources. May return a promise for operations that wait. */
  invoke(call: ServiceCall): object | Promise<object> {
    const context: CallContext = {
      principal: call.principal ?? ROOT,
      requestId: this.uuid(),
      ...(call.sourceArn === undefined ? {} : { sourceArn: call.sourceArn }),
    };
    const service = this.service(call.service);
    if (this.#interceptors.length === 0) return service.invoke(call.operation, call.input, context);
    for (const interceptor of this.#interceptors) interceptor.before?.(call, context);
    let output: object | Promise<object>;
    try {
      output = service.invoke(call.operation, call.input, context);
    } catch (error) {
      for (const interceptor of this.#interceptors) interceptor.after?.(call, context, { error });
      throw error;
    }
    if (output instanceof Promise) {
      return output.then(
        (value) => {
          for (const interceptor of this.#interceptors) interceptor.after?.(call, context, { output: value });
          return value;
        },
        (error: unknown) => {
          for (const interceptor of this.#interceptors) interceptor.after?.(call, context, { error });
          throw error;
        },
      );
    }
    for (const interceptor of this.#interceptors) interceptor.after?.(call, context, { output });
    return output;
  }

  /** For services: how a caller is refused a permission that shows only while its call is answered; undefined when it has it. */
  refusalOf(question: PermissionQuestion): AwsError | undefined {
    for (const interceptor of this.#interceptors) {
      const refusal = interceptor.judge?.(question);
      if (refusal) return refusal;
    }
    return undefined;
  }

  /** Makes a call as a step of the agenda: takes effect when its turn comes, then answers. */
  call(call: ServiceCall): Promise<object> {
    const label = `${call.service}:${call.operation}`;
    let delay = 0;
    let answerDelay = 0;
    for (const interceptor of this.#interceptors) {
      delay += interceptor.delay?.(call) ?? 0;
      answerDelay += interceptor.delayAnswer?.(call) ?? 0;
    }
    return new Promise((resolve, reject) => {
      const answer = (settle: () => void): void => {
        if (answerDelay === 0) settle();
        else this.after(answerDelay, settle, { label: `answer of ${label}` });
      };
      const run = (): void => {
        try {
          const output = this.invoke(call);
          answer(() => resolve(output));
        } catch (error) {
          answer(() => reject(error));
        }
      };
      this.after(delay, run, { label });
    });
  }

  /** Tells whoever listens on `topic` (an ARN) that there is something new: messages became visible, records arrived. */
  signal(topic: string): void {
    this.#signals.emit(topic);
  }

  /** Listens on `topic`; returns the function that ends it. Listeners run at once, inside the step that signals: schedule what takes effect elsewhere. */
  onSignal(topic: string, listener: () => void): () => void {
    return this.#signals.on(topic, listener);
  }

  /** Marks work that runs outside the agenda, such as a handler, until it is released. */
  hold(label: string): Hold {
    const key = Symbol(label);
    const state = { label, waiting: 0 };
    this.#holds.set(key, state);
    return {
      wait: () => {
        state.waiting += 1;
      },
      resume: () => {
        state.waiting -= 1;
        this.#wake();
      },
      release: () => {
        this.#holds.delete(key);
        this.#wake();
      },
    };
  }

  /** What services have accepted and not finished. */
  pending(): PendingWork[] {
    return [...this.#services.values()].flatMap((service) => service.pending?.() ?? []);
  }

  /** Moves virtual time on by `ms`, running everything that falls due on the way, in order. */
  async advance(ms: number): Promise<void> {
    if (this.#realTime) {
      await Promise.race([this.#sleep(ms), ...(this.#loop ? [this.#loop] : [])]);
      return;
    }
    const until = this.#now + ms;
    await this.#pursue({
      limit: until,
      reached: () => {
        if ((this.#agenda.nextAt() ?? Number.POSITIVE_INFINITY) <= until) return false;
        this.#now = Math.max(this.#now, until);
        return true;
      },
    });
  }

  /**
   * Moves virtual time on until nothing is left to do but daemon tasks (schedules, retention).
   *
   * @param within the most virtual time that may pass, in milliseconds; 7 days by default
   * @throws Error naming what is still to do when that time has passed
   */
  async settle(within: number = DEFAULT_SETTLE_MS): Promise<void> {
    const limit = this.now() + within;
    if (!this.#realTime) {
      await this.#pursue({ limit, reached: () => this.#idle(), stuck: () => this.#unsettled(within) });
      return;
    }
    for (;;) {
      if (this.#idle()) {
        // Whoever has just been answered may go on from here.
        await turn();
        if (this.#idle()) break;
      }
      if (this.now() > limit) throw this.#unsettled(within);
      await this.#sleep(5);
    }
    this.#throwFailure();
  }

  /** Moves virtual time on, as far as it takes, until `promise` is settled: for callers outside the cloud, such as an HTTP client. */
  async until<T>(promise: Promise<T>): Promise<T> {
    if (this.#realTime) return promise;
    let settled = false;
    const done = (): void => {
      settled = true;
    };
    promise.then(done, done);
    await this.#pursue({
      limit: Number.POSITIVE_INFINITY,
      reached: () => settled,
      stuck: () => new Error('The local cloud has nothing left to do, and the answer has not come.'),
    });
    return promise;
  }

  /** Starts serving in real time. Virtual clouds need no start. */
  start(): void {
    if (!this.#realTime || this.#loop) return;
    this.#stopped = false;
    this.#loop = this.#serve();
  }

  /** Ends serving; what was scheduled is dropped. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
    this.#loop = undefined;
    this.#agenda.clear();
    this.#holds.clear();
  }

  /** Joins the goal to those that are being pursued: one loop runs the agenda for all of them, so that steps never interleave. */
  #pursue(goal: Goal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#goals.set(goal, { resolve, reject });
      if (this.#goals.size === 1) void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    while (this.#goals.size > 0) {
      try {
        await this.#drain();
        this.#throwFailure();
      } catch (error) {
        for (const goal of [...this.#goals.keys()]) this.#close(goal, error);
        return;
      }
      const at = this.#agenda.nextAt();
      const open = this.#goals.size;
      for (const goal of [...this.#goals.keys()]) {
        if (goal.reached()) this.#close(goal);
        else if (at === undefined || at > goal.limit) this.#close(goal, goal.stuck?.());
      }
      // Whoever waited goes on before time does.
      if (at === undefined || this.#goals.size < open) continue;
      this.#now = Math.max(this.#now, at);
      this.#runNext();
    }
  }

  #close(goal: Goal, error?: unknown): void {
    const waiting = this.#goals.get(goal);
    this.#goals.delete(goal);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(error);
  }

  #runNext(): void {
    try {
      this.#agenda.take()?.();
    } catch (error) {
      // A task that throws is a fault of the local cloud itself: it must not pass unseen.
      this.#failure ??= error;
    }
  }

  async #drain(): Promise<void> {
    await turn();
    if (this.#holds.size === 0) return;
    const since = Date.now();
    for (;;) {
      const outside = [...this.#holds.values()].find((hold) => hold.waiting === 0);
      if (!outside) return;
      if (Date.now() - since > OUTSIDE_LIMIT_MS) {
        throw new Error(
          `${outside.label} has waited ${OUTSIDE_LIMIT_MS / 1000} s for something outside the local cloud. ` +
            'Its promise depends on neither an AWS call nor a timer; look for a promise that is never settled.',
        );
      }
      await turn();
    }
  }

  async #serve(): Promise<void> {
    while (!this.#stopped) {
      const at = this.#agenda.nextAt();
      if (at !== undefined && at <= Date.now()) {
        this.#runNext();
        await turn();
        this.#throwFailure();
        continue;
      }
      await this.#sleep(at === undefined ? 60_000 : at - Date.now());
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(ms, 0), 0x7fff_ffff));
      this.#sleepers.add(done);
    });
  }

  #wake(): void {
    for (const done of this.#sleepers) done();
  }

  #idle(): boolean {
    return this.#agenda.pending === 0 && this.#holds.size === 0;
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
  }

  #unsettled(within: number): Error {
    const tasks = this.#agenda.labels().slice(0, 10);
    const holds = [...this.#holds.values()].map((hold) => hold.label).slice(0, 10);
    return new Error(
      `Not settled within ${within} ms. Scheduled: ${tasks.join(', ') || 'nothing'}. Running: ${holds.join(', ') || 'nothing'}.`,
    );
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
