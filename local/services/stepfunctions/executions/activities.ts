import { Waiters } from './waiters.ts';

/** A task of an activity, until a worker takes it. */
export interface ActivityTask {
  readonly token: string;
  readonly input: string;
  /** A worker took it. */
  taken(workerName: string | undefined): void;
}

/** An activity: tasks for workers that ask for them. */
export class Activity {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly tags: Map<string, string>;
  readonly #tasks = new Set<ActivityTask>();
  readonly #workers = new Waiters<ActivityTask>();

  constructor(arn: string, name: string, createdAt: number, tags: Map<string, string>) {
    this.arn = arn;
    this.name = name;
    this.createdAt = createdAt;
    this.tags = tags;
  }

  /** Offers a task to the workers. @returns the function that withdraws it */
  offer(task: ActivityTask): () => void {
    if (!this.#workers.give(task)) this.#tasks.add(task);
    return () => void this.#tasks.delete(task);
  }

  /** The next task, at once or when there is one. */
  next(worker: (task: ActivityTask) => void): () => void {
    const [task] = this.#tasks;
    if (!task) return this.#workers.wait(worker);
    this.#tasks.delete(task);
    worker(task);
    return () => undefined;
  }
}
