import { AwsError, type CallContext, type Kernel, type PendingWork, type Service } from '../../kernel/index.ts';
import type { Statement } from '../../kernel/policy/index.ts';
import { Deliveries, type HttpPost, type LostMessage, type OutsideMessage } from './delivery.ts';
import type { Operations } from './operations/operation.ts';
import { publishOperations } from './operations/publish-operations.ts';
import { subscriptionOperations } from './operations/subscription-operations.ts';
import { topicOperations } from './operations/topic-operations.ts';
import { Topics } from './topics.ts';

export interface SnsOptions {
  /** Reaches HTTP endpoints. @default they are not called; what they would get is kept with the messages to the outside */
  readonly post?: HttpPost;
}

/** Amazon SNS: standard and FIFO topics, filter policies, deliveries with retries and dead-letter queues, topic policies. */
export class SnsService implements Service {
  readonly name = 'sns';
  readonly #topics: Topics;
  readonly #deliveries: Deliveries;
  readonly #operations: Operations;

  constructor(kernel: Kernel, { post }: SnsOptions = {}) {
    this.#topics = new Topics(kernel);
    this.#deliveries = new Deliveries(kernel, post);
    this.#operations = {
      ...topicOperations(this.#topics),
      ...subscriptionOperations(this.#topics),
      ...publishOperations(this.#topics, this.#deliveries),
    };
  }

  /** Mails, text messages and calls of HTTP endpoints that were not made for real: the latest thousand, oldest first. */
  get outside(): readonly OutsideMessage[] {
    return this.#deliveries.outside;
  }

  /** Messages that neither an endpoint nor a dead-letter queue took: the latest thousand, oldest first. */
  get lost(): readonly LostMessage[] {
    return this.#deliveries.lost;
  }

  invoke(operation: string, input: object, context: CallContext): object {
    const run = this.#operations[operation];
    if (!run) throw new AwsError('UnknownOperationException', `Amazon SNS has no operation ${operation} here.`);
    return run(input as never, context);
  }

  policyOf(topicArn: string): readonly Statement[] {
    return this.#topics.get(topicArn)?.policy ?? [];
  }

  pending(): PendingWork[] {
    return [...this.#deliveries.waiting].map(([resource, count]) => ({ resource, what: 'deliveries under way', count }));
  }
}
