import TinyQueue from 'tinyqueue';

export type Task = () => void;

export interface ScheduleOptions {
  /** A task that recurs by itself (a schedule, retention) and is no reason to keep waiting. @default false */
  readonly daemon?: boolean;
  /** What it is, for messages and traces. @default 'task' */
  readonly label?: string;
}

export interface Timer {
  cancel(): void;
  readonly at: number;
}

interface Entry {
  readonly at: number;
  readonly tie: number;
  readonly order: number;
  readonly daemon: boolean;
  readonly label: string;
  task: Task | undefined;
}

/** What is to happen when: a heap of tasks keyed by time, then by the tie-break, then by the order they came in. */
export class Agenda {
  readonly #queue = new TinyQueue<Entry>([], (a, b) => a.at - b.at || a.tie - b.tie || a.order - b.order);
  readonly #tieBreak: () => number;
  #order = 0;
  #pending = 0;

  constructor(tieBreak: () => number) {
    this.#tieBreak = tieBreak;
  }

  /** How many tasks wait that are not daemons. */
  get pending(): number {
    return this.#pending;
  }

  add(at: number, task: Task, options: ScheduleOptions): Timer {
    const entry: Entry = {
      at,
      tie: this.#tieBreak(),
      order: this.#order++,
      daemon: options.daemon ?? false,
      label: options.label ?? 'task',
      task,
    };
    this.#queue.push(entry);
    if (!entry.daemon) this.#pending += 1;
    return {
      at,
      cancel: () => {
        if (!entry.task) return;
        entry.task = undefined;
        if (!entry.daemon) this.#pending -= 1;
      },
    };
  }

  /** When the next task is due. */
  nextAt(): number | undefined {
    for (;;) {
      const entry = this.#queue.peek();
      if (!entry) return undefined;
      if (entry.task) return entry.at;
      this.#queue.pop();
    }
  }

  /** Removes the next task and gives it back to be run. */
  take(): Task | undefined {
    if (this.nextAt() === undefined) return undefined;
    const entry = this.#queue.pop();
    const task = entry?.task;
    if (!entry || !task) return undefined;
    entry.task = undefined;
    if (!entry.daemon) this.#pending -= 1;
    return task;
  }

  /** What waits, daemons left out, soonest first. */
  labels(): string[] {
    return this.#queue.data
      .filter((entry) => entry.task && !entry.daemon)
      .sort((a, b) => a.at - b.at)
      .map((entry) => `${entry.label} at ${new Date(entry.at).toISOString()}`);
  }

  clear(): void {
    while (this.#queue.pop()) {
      // emptied
    }
    this.#pending = 0;
  }
}
