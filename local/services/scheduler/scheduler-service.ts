import { AwsError, type Kernel, type Service } from '../../kernel/index.ts';
import { groupOperations, makeGroup } from './schedule-groups.ts';
import { scheduleOperations } from './schedules.ts';
import type { DroppedInvocation, Operations, SchedulerScope } from './scope.ts';
import { DEFAULT_GROUP } from './state.ts';

const operations: Operations = { ...groupOperations, ...scheduleOperations };

/** Amazon EventBridge Scheduler. */
export class SchedulerService implements Service {
  readonly name = 'scheduler';
  readonly #scope: SchedulerScope;

  constructor(kernel: Kernel) {
    this.#scope = { kernel, groups: new Map([[DEFAULT_GROUP, makeGroup(DEFAULT_GROUP, kernel.now())]]), dropped: [] };
  }

  invoke(operation: string, input: object): object {
    const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!run) throw new AwsError('UnknownOperationException', `The local EventBridge Scheduler has no operation '${operation}'.`);
    return run(input as never, this.#scope);
  }

  /** Invocations that failed for good without a dead-letter queue, the last thousand. */
  get dropped(): readonly DroppedInvocation[] {
    return this.#scope.dropped;
  }
}
