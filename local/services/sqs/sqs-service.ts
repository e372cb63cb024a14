import { AwsError, type CallContext, type Kernel, type PendingWork, type Service } from '../../kernel/index.ts';
import type { Statement } from '../../kernel/policy/index.ts';
import { type DeliveryChooser, orderly } from './chooser.ts';
import { LIMITS } from './limits.ts';
import { MoveTasks } from './move-tasks.ts';
import { monitoringOperations } from './operations/monitoring-operations.ts';
import { moveOperations } from './operations/move-operations.ts';
import type { Operations } from './operations/operation.ts';
import { queueOperations } from './operations/queue-operations.ts';
import { receiveOperations } from './operations/receive-operations.ts';
import { sendOperations } from './operations/send-operations.ts';
import { Queues } from './queues.ts';

export interface SqsOptions {
  /** Decides what AWS leaves open. @default orderly delivery */
  readonly chooser?: DeliveryChooser;
  /** The most messages a queue may have in flight. @default 120,000, as on AWS */
  readonly inFlightLimit?: number;
}

/**
 * Amazon SQS: standard and FIFO queues, dead-letter queues and redrive, queue policies.
 * Signals a queue's ARN whenever a message of it can be received.
 */
export class SqsService implements Service {
  readonly name = 'sqs';
  readonly #queues: Queues;
  readonly #operations: Operations;

  constructor(kernel: Kernel, { chooser = orderly, inFlightLimit = LIMITS.inFlight }: SqsOptions = {}) {
    this.#queues = new Queues(kernel, chooser, inFlightLimit);
    this.#operations = {
      ...queueOperations(this.#queues),
      ...sendOperations(this.#queues),
      ...receiveOperations(this.#queues),
      ...monitoringOperations(this.#queues),
      ...moveOperations(this.#queues, new MoveTasks(this.#queues)),
    };
  }

  invoke(operation: string, input: object, context: CallContext): object | Promise<object> {
    const run = this.#operations[operation];
    if (!run) throw new AwsError('UnknownOperationException', `Amazon SQS has no operation ${operation} here.`);
    return run(input as never, context);
  }

  policyOf(queueArn: string): readonly Statement[] {
    return this.#queues.byArn(queueArn)?.settings.policy ?? [];
  }

  pending(): PendingWork[] {
    return this.#queues.all().flatMap((queue) => queue.pending());
  }
}
