import type { Timer } from '../../kernel/index.ts';
import { AwsError } from '../../kernel/index.ts';
import { invalidParameter, resourceNotFound } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { Queue } from './queue.ts';
import type { Queues } from './queues.ts';

const NO_QUEUE = 'AWS.SimpleQueueService.NonExistentQueue';

export type MoveStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';

/** Moving the messages of a dead-letter queue back to where they came from, or elsewhere. */
export interface MoveTask {
  readonly id: string;
  readonly sourceArn: string;
  /** ARN of where everything goes. @default each message to the queue it was dead-lettered from */
  readonly destinationArn: string | undefined;
  readonly messagesPerSecond: number | undefined;
  readonly startedAt: number;
  readonly toMove: number;
  status: MoveStatus;
  moved: number;
  failure: string | undefined;
}

/** Runs move tasks: each second as many messages as the task may move in one, in the order of the queue. */
export class MoveTasks {
  readonly #queues: Queues;
  readonly #tasks = new Map<string, MoveTask[]>();
  readonly #timers = new Map<MoveTask, Timer>();

  constructor(queues: Queues) {
    this.#queues = queues;
  }

  start(source: Queue, destinationArn: string | undefined, messagesPerSecond: number | undefined): MoveTask {
    const tasks = this.#tasks.get(source.arn) ?? [];
    if (tasks.some((task) => task.status === 'RUNNING')) {
      throw invalidParameter('There is already a task running. Only one active task is allowed for a source queue arn at a given time.');
    }
    if (this.#timers.size >= LIMITS.activeMoveTasks) {
      throw new AwsError('OverLimit', `You have reached the limit of ${LIMITS.activeMoveTasks} active message move tasks.`, {
        status: 403,
      });
    }
    const kernel = this.#queues.kernel;
    const task: MoveTask = {
      id: kernel.uuid(),
      sourceArn: source.arn,
      destinationArn,
      messagesPerSecond,
      startedAt: kernel.now(),
      toMove: source.counts.ready,
      status: 'RUNNING',
      moved: 0,
      failure: undefined,
    };
    this.#tasks.set(source.arn, [task, ...tasks].slice(0, LIMITS.moveTasksKept));
    this.#schedule(task, 0);
    return task;
  }

  /** The latest tasks of a queue, newest first. */
  of(source: Queue): readonly MoveTask[] {
    return this.#tasks.get(source.arn) ?? [];
  }

  cancel(sourceArn: string, id: string): MoveTask {
    const task = this.#tasks.get(sourceArn)?.find((candidate) => candidate.id === id);
    if (!task) throw resourceNotFound('Task does not exist.');
    if (task.status !== 'RUNNING') throw invalidParameter('Only active tasks can be cancelled.');
    this.#end(task, 'CANCELLED');
    return task;
  }

  #schedule(task: MoveTask, ms: number): void {
    this.#timers.set(
      task,
      this.#queues.kernel.after(ms, () => this.#step(task), { label: `message move task from ${task.sourceArn}` }),
    );
  }

  #step(task: MoveTask): void {
    for (let left = task.messagesPerSecond ?? LIMITS.moveMessagesPerSecond; left > 0; left -= 1) {
      const outcome = this.#moveNext(task);
      if (outcome !== 'moved') {
        this.#end(task, outcome === 'done' ? 'COMPLETED' : 'FAILED', outcome === 'done' ? undefined : outcome);
        return;
      }
      task.moved += 1;
    }
    this.#schedule(task, 1000);
  }

  /** Moves one message; otherwise tells that there is none left, or why it can't. */
  #moveNext(task: MoveTask): string {
    const source = this.#queues.byArn(task.sourceArn);
    if (!source) return NO_QUEUE;
    const message = task.moved < task.toMove ? source.peek() : undefined;
    if (!message) return 'done';
    const arn = task.destinationArn ?? message.deadLetterSource;
    if (!arn) return 'CouldNotDetermineMessageSource';
    const destination = this.#queues.byArn(arn);
    if (!destination) return NO_QUEUE;
    destination.acceptMoved(message);
    source.remove(message);
    return 'moved';
  }

  #end(task: MoveTask, status: MoveStatus, failure?: string | undefined): void {
    this.#timers.get(task)?.cancel();
    this.#timers.delete(task);
    task.status = status;
    task.failure = failure;
  }
}
