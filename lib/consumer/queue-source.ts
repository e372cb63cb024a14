import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambdas/runtime/context/environment.ts';
import { liveOf } from '../function/index.ts';
import {
  ALARM_PERIOD,
  type AlarmProps,
  createAlarm,
  DeadLetterQueue,
  type EncryptionProps,
  queueEncryption,
  setVariables,
  stageDefaults,
} from '../shared/index.ts';
import { checkMapping, functionTimeout, type HandlingTime, reservedConcurrency, visibilityFor } from './checks.ts';
import { alarmOnDeadLetters, checkExistingQueue, receivesOf } from './existing-queue.ts';

/** How a queue feeds a function. */
export interface QueueSourceProps extends AlarmProps, EncryptionProps {
  /** A queue that is there already; it must have a dead-letter queue. @default a queue of its own, with one */
  readonly queue?: IQueue | Queue;
  /** Ordered by message group; without throughput limits of its own. @default false */
  readonly fifo?: boolean;
  /** Messages per invocation. @default 10 */
  readonly batchSize?: number;
  /** How long a batch may fill. @default not at all */
  readonly maxBatchingWindow?: Duration;
  /** Invocations at the same time, 2 to 1000, and no more than are reserved for the function. @default as many as Lambda gives */
  readonly maxConcurrency?: number;
  /**
   * How often a message comes before it goes to the dead-letter queue; the runtime parks it one time earlier. Of an imported queue it has to be said.
   * @default what a queue that is there already has, else 10
   */
  readonly maxReceives?: number;
  /** @default six times the function's timeout and the batching window, as AWS advises */
  readonly visibilityTimeout?: Duration;
  /** How long messages wait when nobody takes them. The dead-letter queue keeps them for 14 days. @default 7 days */
  readonly retention?: Duration;
}

/**
 * A queue with its dead-letter queue and alarms, feeding a function with partial batch responses.
 *
 * Alarms: `MessageAge` (warning: the oldest message is 15 minutes old); of the dead-letter queue `NotEmpty` (critical), also of a queue that was
 * there already, unless it is imported.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export class QueueSource extends Construct {
  readonly queue: IQueue;
  /** @default the queue was there already, with its own */
  readonly deadLetterQueue: DeadLetterQueue | undefined;
  readonly eventSource: SqsEventSource;

  constructor(scope: Construct, id: string, fn: IFunction, props: QueueSourceProps) {
    super(scope, id);
    const time: HandlingTime = { timeout: functionTimeout(fn), window: props.maxBatchingWindow };
    const maxReceives = receivesOf(this, props);
    const fifo = props.queue?.fifo ?? props.fifo ?? false;
    checkMapping(this, { ...props, fifo, maxReceives, reservedConcurrency: reservedConcurrency(fn) });
    if (props.queue) {
      this.queue = props.queue as IQueue;
      checkExistingQueue(this, this.queue, props, time);
      alarmOnDeadLetters(this, this.queue, props);
      this.deadLetterQueue = undefined;
    } else {
      this.deadLetterQueue = new DeadLetterQueue(this, 'DeadLetters', {
        ...props,
        fifo: props.fifo ?? false,
        holds: `messages that ${fn.node.path} received ${maxReceives} times without an end`,
      });
      this.queue = new Queue(this, 'Queue', {
        ...queueEncryption(props.encryptionKey),
        // Rules give messages no deduplication id. Ours differ in their content: each event has its own id.
        ...(props.fifo ? { fifo: true, contentBasedDeduplication: true } : {}),
        enforceSSL: true,
        visibilityTimeout: visibilityFor(this, time, props.visibilityTimeout),
        retentionPeriod: props.retention ?? Duration.days(7),
        deadLetterQueue: { queue: this.deadLetterQueue.queue, maxReceiveCount: maxReceives },
        removalPolicy: stageDefaults(this).removalPolicy,
      });
    }
    this.eventSource = new SqsEventSource(this.queue, {
      batchSize: props.batchSize ?? 10,
      reportBatchItemFailures: true,
      ...(props.maxBatchingWindow === undefined ? {} : { maxBatchingWindow: props.maxBatchingWindow }),
      ...(props.maxConcurrency === undefined ? {} : { maxConcurrency: props.maxConcurrency }),
    });
    liveOf(fn).addEventSource(this.eventSource);
    setVariables(fn, this.node.path, {
      [ENVIRONMENT.queueUrl]: this.queue.queueUrl,
      [ENVIRONMENT.maxReceives]: String(maxReceives),
    });
    createAlarm(
      this,
      'MessageAge',
      {
        severity: 'warning',
        metric: this.queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD, statistic: 'Maximum' }),
        threshold: Duration.minutes(15).toSeconds(),
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        description: `Messages of ${this.node.path} wait for more than 15 minutes. Its function fails, is throttled, or is too slow for what comes in.`,
      },
      props,
    );
  }
}
