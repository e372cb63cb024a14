import { Stack } from 'aws-cdk-lib';
import type { IRuleTarget } from 'aws-cdk-lib/aws-events';
import { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import {
  EventBus as EventBusTarget,
  KinesisStream,
  LambdaFunction,
  SfnStateMachine,
  SnsTopic,
  SqsQueue,
  type TargetBaseProps,
} from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { liveOf } from '../function/index.ts';
import { type AnyEventBus, allowServiceToEncrypt, asEventBus } from '../shared/index.ts';

/** Where a route leads. It is given its dead-letter queue and retry policy when the route is made. */
export interface RouteTarget {
  /** Part of the rule's id. */
  readonly id: string;
  /** What is led to. The rule is made in its stack, so that stacks depend on each other one way only: the target's on the bus's. */
  readonly resource: IConstruct;
  bind(delivery: TargetBaseProps): IRuleTarget;
}

/** What travels is the envelope alone: the same JSON as in every other channel. */
const ENVELOPE = RuleTargetInput.fromEventPath('$.detail');

/** To a queue, whose messages are envelopes. FIFO queues need the group. */
export function toQueue(
  queue: IQueue,
  options: { /** @default none: the queue is a standard one */ readonly messageGroupId?: string } = {},
): RouteTarget {
  return {
    id: idOf(queue.node.path),
    resource: queue,
    bind(delivery) {
      if (queue.fifo && options.messageGroupId === undefined) {
        throw new Error(
          `${queue.node.path} is a FIFO queue: a rule can give all its messages one messageGroupId only. For order per subject use an EventStream or a FanOut.`,
        );
      }
      if (queue.encryptionMasterKey) allowServiceToEncrypt(queue.encryptionMasterKey, 'events.amazonaws.com', Stack.of(queue).account);
      return new SqsQueue(queue, {
        ...delivery,
        message: ENVELOPE,
        ...(options.messageGroupId === undefined ? {} : { messageGroupId: options.messageGroupId }),
      });
    },
  };
}

/** To a topic, whose messages are envelopes. */
export function toTopic(topic: ITopic): RouteTarget {
  return {
    id: idOf(topic.node.path),
    resource: topic,
    bind(delivery) {
      if (topic.masterKey) allowServiceToEncrypt(topic.masterKey, 'events.amazonaws.com', Stack.of(topic).account);
      return new SnsTopic(topic, { ...delivery, message: ENVELOPE });
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
          if (delivery.deadLetterQueue) allowRule(delivery.deadLetterQueue, rule.ruleRef.ruleArn);
          return target.bind(rule, id);
        },
      };
    },
  };
}

/**
 * To a function, which is invoked with the envelope. What it fails to handle goes to the route's dead-letter queue, as
 * {@link https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html a record of the invocation}, unless the function has a
 * failure destination of its own.
 */
export function toFunction(fn: IFunction): RouteTarget {
  const live = liveOf(fn);
  return {
    id: idOf(fn.node.path),
    resource: fn,
    bind(delivery) {
      const queue = delivery.deadLetterQueue;
      const configured = live.node.tryFindChild('EventInvokeConfig') !== undefined;
      // EventBridge has delivered once Lambda has accepted: without this, a handler that fails would lose the event.
      if (queue && !configured) live.configureAsyncInvoke({ onFailure: new SqsDestination(queue) });
      return new LambdaFunction(live, { ...delivery, event: ENVELOPE });
    },
  };
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

function allowRule(queue: IQueue, ruleArn: string): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sqs:SendMessage'],
      principals: [new ServicePrincipal('events.amazonaws.com')],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
    }),
  );
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
