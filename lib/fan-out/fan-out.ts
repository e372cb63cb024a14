import { Names, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterOrPolicy, type ITopic, type Subscription, SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventContract } from '../../lambdas/contracts/index.ts';
import {
  ALARM_PERIOD,
  type AlarmProps,
  createAlarm,
  DeadLetterQueue,
  type EncryptionProps,
  grantKey,
  tagConstruct,
} from '../shared/index.ts';
import { QueueSubscription } from './queue-subscription.ts';
import { topicKeyOf } from './topic-key.ts';

export interface FanOutProps extends AlarmProps, EncryptionProps {
  /** A topic that is there already. @default a topic of its own */
  readonly topic?: ITopic | Topic;
  /** Keeps the order of each message group; its subscribers must be FIFO queues. @default false */
  readonly fifo?: boolean;
}

export interface SubscribeOptions {
  /** Which events; all versions of them. @default all */
  readonly events?: readonly EventContract[];
  /** Id of the subscription. @default that of the subscriber */
  readonly id?: string;
}

/** Something with a queue: a `Consumer`, a `Projection`, … */
export interface QueueOwner {
  readonly queue: IQueue;
}

/** What one subscriber has of its own. */
export interface FanOutSubscription {
  readonly subscription: Subscription;
  /** Messages that could not be delivered to the subscriber. */
  readonly deadLetterQueue: DeadLetterQueue;
}

/**
 * A topic from which each subscriber gets the event types that it wants: filtered by SNS on the envelope's `type`, delivered raw, with a dead-letter
 * queue for each subscription.
 *
 * Alarms: of each subscription's dead-letter queue `NotEmpty` (critical); `NotDelivered` (warning).
 * @example
 * const bookingEvents = new FanOut(this, 'BookingEvents');
 * bus.route([BookingConfirmed, BookingRejected], toTopic(bookingEvents.topic));
 * bookingEvents.subscribe(mail, { events: [BookingConfirmed, BookingRejected] });
 * bookingEvents.subscribe(loyalty, { events: [BookingConfirmed] });
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export class FanOut extends Construct {
  readonly topic: ITopic;
  readonly #props: FanOutProps;

  constructor(scope: Construct, id: string, props: FanOutProps = {}) {
    super(scope, id);
    tagConstruct(this, 'FanOut');
    this.#props = props;
    this.topic = (props.topic ?? this.#makeTopic(props)) as ITopic;
    createAlarm(
      this,
      'NotDelivered',
      {
        severity: 'warning',
        metric: this.topic.metricNumberOfNotificationsFailed({ period: ALARM_PERIOD }),
        threshold: 1,
        description: `${this.node.path} could not deliver to a subscriber; the message is in the subscription's dead-letter queue.`,
      },
      props,
    );
  }

  /**
   * Delivers events to a queue, as they are.
   *
   * @throws Error when the queue could never be delivered to, or its filter is empty
   */
  subscribe(subscriber: QueueOwner | IQueue, options: SubscribeOptions = {}): FanOutSubscription {
    const queue = 'queue' in subscriber ? subscriber.queue : subscriber;
    this.#checkQueue(queue);
    const id = options.id ?? ('queue' in subscriber && subscriber instanceof Construct ? subscriber.node.id : idOf(queue));
    const deadLetterQueue = this.#deadLetters(id, queue.node.path, this.topic.fifo);
    const subscription = this.topic.addSubscription(
      new QueueSubscription(queue, { deadLetterQueue: deadLetterQueue.queue, ...this.#filter(options.events) }),
    );
    return { subscription, deadLetterQueue };
  }

  /**
   * Delivers events to a web address, raw, after it has confirmed the subscription.
   * @throws Error when the topic is FIFO: SNS delivers from those to queues only
   */
  subscribeUrl(url: string, options: SubscribeOptions & { readonly id: string }): FanOutSubscription {
    if (this.topic.fifo) {
      throw new Error(`${this.node.path}: the topic is FIFO, from which SNS delivers to queues only, not to ${url}. Use a standard topic.`);
    }
    const deadLetterQueue = this.#deadLetters(options.id, url, false);
    const subscription = this.topic.addSubscription(
      new UrlSubscription(url, { rawMessageDelivery: true, deadLetterQueue: deadLetterQueue.queue, ...this.#filter(options.events) }),
    );
    return { subscription, deadLetterQueue };
  }

  /** Lets somebody publish here. */
  grantPublish(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }));
    grantKey(this.topic.masterKey, grantee);
  }

  #makeTopic(props: FanOutProps): Topic {
    return new Topic(this, 'Topic', {
      masterKey: props.encryptionKey ?? topicKeyOf(this),
      enforceSSL: true,
      ...(props.fifo ? { fifo: true, contentBasedDeduplication: true } : {}),
    });
  }

  #deadLetters(id: string, target: string, fifo: boolean): DeadLetterQueue {
    const scope = new Construct(this, id);
    return new DeadLetterQueue(scope, 'DeadLetters', {
      ...this.#props,
      fifo,
      holds: `messages of ${this.node.path} that could not be delivered to ${target}`,
      writer: 'sns.amazonaws.com',
    });
  }

  #filter(events: readonly EventContract[] | undefined): { filterPolicyWithMessageBody?: Record<string, FilterOrPolicy> } {
    if (events === undefined) return {};
    const types = [...new Set(events.map(({ type }) => type))];
    if (types.length === 0)
      throw new Error(`${this.node.path}: a subscription without event types would get nothing. Leave out 'events' for all.`);
    return { filterPolicyWithMessageBody: { type: FilterOrPolicy.filter(SubscriptionFilter.stringFilter({ allowlist: types })) } };
  }

  #checkQueue(queue: IQueue): void {
    if (this.topic.fifo && !queue.fifo) {
      throw new Error(
        `${this.node.path}: the topic is FIFO and the queue ${queue.node.path} is not; order would be lost. Make the queue FIFO.`,
      );
    }
    if (!this.topic.fifo && queue.fifo) {
      throw new Error(
        `${this.node.path}: the queue ${queue.node.path} is FIFO, and SNS delivers to it from FIFO topics only. Make both FIFO, or none.`,
      );
    }
  }
}

function idOf(queue: IQueue): string {
  const stack = Stack.of(queue);
  return queue.node.path.startsWith(stack.node.path) ? Names.uniqueResourceName(queue, { maxLength: 60 }) : queue.node.id;
}
