import type { Hold, Kernel } from '../../../kernel/index.ts';

const never = <Value>(): Promise<Value> => new Promise(() => {});

/**
 * What the code of one execution environment does to the world, and when it may: only while an invocation runs, and never
 * again once the environment is gone. Tells the kernel when the code waits for a call or a timer, so that time moves on then,
 * and only then.
 */
export class Activity {
  readonly #kernel: Kernel;
  readonly #name: string;
  #hold: Hold | undefined;
  /** Calls and timers that are under way. */
  #open = 0;
  #whenQuiet: (() => void) | undefined;
  #waitingForThaw: (() => void)[] = [];
  #over = false;

  constructor(kernel: Kernel, name: string) {
    this.#kernel = kernel;
    this.#name = name;
  }

  /** Whether the environment is gone. */
  get over(): boolean {
    return this.#over;
  }

  /** The environment thaws: what waited for that goes on. */
  thaw(label: string): void {
    const hold = this.#kernel.hold(label);
    this.#hold = hold;
    for (let i = 0; i < this.#open; i += 1) hold.wait();
    for (const resume of this.#waitingForThaw.splice(0)) resume();
  }

  freeze(): void {
    this.#hold?.release();
    this.#hold = undefined;
  }

  end(): void {
    this.#over = true;
    this.freeze();
  }

  /** A call or a timer begins, which the code may wait for. */
  begin(): void {
    this.#open += 1;
    this.#hold?.wait();
  }

  finish(): void {
    this.#open -= 1;
    this.#hold?.resume();
    if (this.#open > 0 || !this.#whenQuiet) return;
    const task = this.#whenQuiet;
    this.#whenQuiet = undefined;
    // The code that waited for this call may start another first.
    setImmediate(() => this.whenQuiet(task));
  }

  /** Runs `task` once no call or timer is under way: the event loop is empty. */
  whenQuiet(task: () => void): void {
    if (this.#open === 0) task();
    else this.#whenQuiet = task;
  }

  /** Something the code does to the world. Waits while the environment is frozen; never happens, nor settles, once it is gone. */
  async effect<Value>(work: () => Promise<Value> | Value): Promise<Value> {
    if (this.#over) return never();
    if (!this.#hold) await new Promise<void>((resolve) => this.#waitingForThaw.push(resolve));
    this.begin();
    try {
      return await work();
    } finally {
      this.finish();
      // biome-ignore lint/correctness/noUnsafeFinally: code of an environment that is gone must not go on, whatever the outcome
      if (this.#over) return never();
    }
  }

  /** Work that Node does elsewhere (files, keys): time stands still while it lasts. */
  async outside<Value>(label: string, work: Promise<Value>): Promise<Value> {
    const hold = this.#kernel.hold(`${label} in ${this.#name}`);
    try {
      return await work;
    } finally {
      hold.release();
    }
  }
}
