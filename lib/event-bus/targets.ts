import { Stack } from 'aws-cdk-lib';
import type { IRuleRef, IRuleTarget, RuleTargetConfig } from 'aws-cdk-lib/aws-events';
import { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import {
  EventBus as EventBusTarget,
  KinesisStream,
  LambdaFunction,
  SfnStateMachine,
  type TargetBaseProps,
} from 'aws-cdk-lib/aws-events-targets';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import { CfnEventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, type IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { liveOf } from '../function/index.ts';
import { type AnyEventBus, allowServiceToPublish, allowServiceToSend, asEventBus } from '../shared/index.ts';

/** Where a route leads. It is given its dead-letter queue and retry policy when the route is made. */
export interface RouteTarget {
  /** Part of the rule's id. */
  readonly id: string;
  /** What is led to. The rule is made in its stack, so that stacks depend on each other one way only: the target's on the bus's. */
  readonly resource: IConstruct;
  bind(delivery: TargetBaseProps): IRuleTarget;
}

const EVENTS = 'events.amazonaws.com';

/** What travels is the envelope alone: the same JSON as in every other channel. */
const ENVELOPE = RuleTargetInput.fromEventPath('$.detail');

/**
 * To a queue, whose messages are envelopes. FIFO queues need the group, and content-based deduplication.
 * @throws Error, when the route is made, for a queue that could never be delivered to
 */
export function toQueue(
  queue: IQueue,
  options: { /** @default none: the queue is a standard one */ readonly messageGroupId?: string } = {},
): RouteTarget {
  return {
    id: idOf(queue.node.path),
    resource: queue,
    bind(delivery) {
      if (queue.fifo) checkFifo(queue, options.messageGroupId);
      return {
        bind(rule) {
          allowServiceToSend(queue, EVENTS, rule.ruleRef.ruleArn);
          const fifo = options.messageGroupId === undefined ? {} : { sqsParameters: { messageGroupId: options.messageGroupId } };
          return { ...delivered(rule, delivery), arn: queue.queueArn, input: ENVELOPE, targetResource: queue, ...fifo };
        },
      };
    },
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html */
function checkFifo(queue: IQueue, messageGroupId: string | undefined): void {
  if (messageGroupId === undefined) {
    throw new Error(
      `${queue.node.path} is a FIFO queue: a rule can give all its messages one messageGroupId only. For order per subject use toStream and an EventStream.`,
    );
  }
  const { defaultChild } = queue.node;
  if (defaultChild instanceof CfnQueue && !defaultChild.contentBasedDeduplication) {
    throw new Error(
      `${queue.node.path} is a FIFO queue without content-based deduplication: rules send no deduplication id, so SQS would refuse every ` +
        'message. Set contentBasedDeduplication.',
    );
  }
}

/**
 * To a topic, whose messages are envelopes.
 * @throws Error, when the route is made, for a topic that could never be delivered to
 */
export function toTopic(topic: ITopic): RouteTarget {
  return {
    id: idOf(topic.node.path),
    resource: topic,
    bind(delivery) {
      if (topic.fifo) {
        throw new Error(
          `${topic.node.path} is a FIFO topic: a rule has no message group to deliver with. For order per subject use toStream and an EventStream.`,
        );
      }
      return {
        bind(rule) {
          // The CDK's target lets every rule of every account publish.
          allowServiceToPublish(topic, EVENTS, { account: Stack.of(topic).account, arn: rule.ruleRef.ruleArn });
          return { ...delivered(rule, delivery), arn: topic.topicArn, input: ENVELOPE, targetResource: topic };
        },
      };
    },
  };
}

/** To a stream, keyed by subject: the events of one subject stay in one shard. */
export function toStream(stream: IStream): RouteTarget {
  return {
    id: idOf(stream.node.path),
    resource: stream,
    bind(delivery) {
      const target = new KinesisStream(stream, { ...delivery, partitionKeyPath: '$.detail.subject', message: ENVELOPE });
      return {
        bind(rule, id) {
          // The CDK's target names the dead-letter queue, but does not let the rule write to it.
          if (delivery.deadLetterQueue) allowServiceToSend(delivery.deadLetterQueue, EVENTS, rule.ruleRef.ruleArn);
          return target.bind(rule, id);
        },
      };
    },
  };
}

/**
 * To a function, which is invoked with the envelope. What it fails to handle goes to the route's dead-letter queue, as
 * {@link https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html a record of the invocation}, unless the function has a
 * failure destination already: one of its own, or the dead-letter queue of another route, since a function has one for all its events.
 */
export function toFunction(fn: IFunction): RouteTarget {
  const live = liveOf(fn);
  return {
    id: idOf(fn.node.path),
    resource: fn,
    bind(delivery) {
      if (delivery.deadLetterQueue) keepFailures(live, delivery.deadLetterQueue);
      return new LambdaFunction(live, { ...delivery, event: ENVELOPE });
    },
  };
}

/** EventBridge has delivered once Lambda has accepted: without a failure destination, a handler that fails would lose the event. */
function keepFailures(fn: IFunction, queue: IQueue): void {
  const config = fn.node.tryFindChild('EventInvokeConfig')?.node.defaultChild;
  if (!(config instanceof CfnEventInvokeConfig)) {
    fn.configureAsyncInvoke({ onFailure: new SqsDestination(queue) });
    return;
  }
  const has = config.destinationConfig;
  if (has && 'onFailure' in has && has.onFailure) return;
  // Made for its other settings: how often is tried, where successes go.
  queue.grantSendMessages(fn);
  config.destinationConfig = { ...has, onFailure: { destination: queue.queueArn } };
}

/** Starts a state machine with the envelope, or with what `input` makes of the EventBridge event. */
export function toStateMachine(
  machine: IStateMachine,
  options: { /** @default the envelope */ readonly input?: RuleTargetInput } = {},
): RouteTarget {
  return {
    id: idOf(machine.node.path),
    resource: machine,
    bind: (delivery) => new SfnStateMachine(machine, { ...delivery, input: options.input ?? ENVELOPE }),
  };
}

/** To another bus, of this account or another, event by event as they are. */
export function toBus(given: AnyEventBus): RouteTarget {
  const bus = asEventBus(given);
  return {
    id: idOf(bus.node.path),
    resource: bus,
    // Between buses there is no retry policy to set: EventBridge has its own, of 24 hours.
    bind: ({ deadLetterQueue }) => new EventBusTarget(bus, deadLetterQueue === undefined ? {} : { deadLetterQueue }),
  };
}

/** Retries and dead-letter queue of a target, to which its rule may write. */
function delivered(rule: IRuleRef, delivery: TargetBaseProps): Pick<RuleTargetConfig, 'deadLetterConfig' | 'retryPolicy'> {
  const { deadLetterQueue, maxEventAge, retryAttempts } = delivery;
  if (deadLetterQueue) allowServiceToSend(deadLetterQueue, EVENTS, rule.ruleRef.ruleArn);
  return {
    ...(deadLetterQueue === undefined ? {} : { deadLetterConfig: { arn: deadLetterQueue.queueArn } }),
    retryPolicy: {
      ...(retryAttempts === undefined ? {} : { maximumRetryAttempts: retryAttempts }),
      ...(maxEventAge === undefined ? {} : { maximumEventAgeInSeconds: maxEventAge.toSeconds() }),
    },
  };
}

function idOf(path: string): string {
  return (
    path
      .split('/')
      .filter((part) => part !== 'Resource')
      .slice(1)
      .join('') || path
  );
}
