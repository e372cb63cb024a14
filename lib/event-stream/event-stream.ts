import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IStream, Stream, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { FilterCriteria, FilterRule, type IFunction, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { EventContract } from '../../lambdas/contracts/index.ts';
import { ENVIRONMENT, METRICS_NAMESPACE, variable } from '../../lambdas/runtime/context/environment.ts';
import { liveOf, serviceOf } from '../function/index.ts';
import { ParkingTable } from '../parking/index.ts';
import {
  ALARM_PERIOD,
  type AlarmProps,
  type AnyBucket,
  asBucket,
  constructName,
  createAlarm,
  type EncryptionProps,
  FailureBucket,
  FailureDestination,
  grantKey,
  setVariables,
  stageDefaults,
  streamEncryption,
  tagConstruct,
} from '../shared/index.ts';
import { checkStreamConsumer } from './checks.ts';

export interface EventStreamProps extends AlarmProps, EncryptionProps {
  /** A stream that is there already. @default a stream of its own */
  readonly stream?: IStream | Stream;
  /** Provisioned shards; each takes 1 MB or 1,000 records a second. @default on demand */
  readonly shards?: number;
  /** How far back it can be replayed. @default 7 days */
  readonly retention?: Duration;
}

export interface StreamConsumerProps extends AlarmProps {
  /** A function made with `projection()` or `tumblingWindow()` of `millrace/runtime`, or any other that answers with partial batch responses. */
  readonly handler: IFunction;
  /** Records per invocation. @default 100 */
  readonly batchSize?: number;
  /** How long a batch may fill. @default not at all */
  readonly maxBatchingWindow?: Duration;
  /** Batches of one shard at once, 1 to 10; the records of one partition key stay in order. @default 1 */
  readonly parallelizationFactor?: number;
  /** Lambda keeps an aggregate for so long, per shard; for `tumblingWindow()`. @default no windows */
  readonly tumblingWindow?: Duration;
  /** @default everything that the stream still has */
  readonly startingPosition?: 'oldest' | 'newest' | Date;
  /** Which events; their types are compared by Lambda before it invokes. @default all */
  readonly events?: readonly EventContract[];
  /** Tries of a batch that fails as a whole (bad records are parked by the runtime); then it goes to `onFailure`. @default 10 */
  readonly retryAttempts?: number;
  /** Age from which records go to `onFailure`. @default as long as the stream has them */
  readonly maxRecordAge?: Duration;
  /** Bucket for records that could not be processed, with their payload. @default the stack's bucket for failures */
  readonly onFailure?: AnyBucket;
  /** Where bad records are parked. @default the stack's parking table */
  readonly parking?: ParkingTable;
}

/** A consumer of a stream, with its own position. */
export interface StreamConsumer {
  readonly handler: IFunction;
  readonly eventSource: KinesisEventSource;
  /** Name in metrics and the parking table. */
  readonly consumerName: string;
  readonly parking: ParkingTable;
}

/**
 * A Kinesis stream of events: kept for days, read by independent consumers, each with its own position.
 *
 * What a consumer cannot process goes to S3 with its payload; SQS and SNS destinations would get metadata only, and the stream forgets.
 *
 * Alarms: `WriteThrottled` (warning); for each consumer `IteratorAge` (critical: half an hour behind), `SetAside` (critical: records were given up, and
 * are in the bucket) and `Parked` (critical: a record was set aside by the runtime).
 * @example
 * const departures = new EventStream(this, 'Departures');
 * departures.grantWrite(ingest);
 * departures.addConsumer('Hourly', { handler: hourly, tumblingWindow: Duration.minutes(15) });
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export class EventStream extends Construct {
  readonly stream: IStream;
  readonly #props: EventStreamProps;
  readonly #consumers: StreamConsumer[] = [];

  constructor(scope: Construct, id: string, props: EventStreamProps = {}) {
    super(scope, id);
    tagConstruct(this, 'EventStream');
    this.#props = props;
    this.stream = (props.stream ?? this.#makeStream(props)) as IStream;
    createAlarm(
      this,
      'WriteThrottled',
      {
        severity: 'warning',
        metric: this.stream.metricWriteProvisionedThroughputExceeded({ period: ALARM_PERIOD, statistic: 'Sum' }),
        threshold: 1,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        description: `Producers of ${this.node.path} are throttled: more comes in than its shards take, or one partition key is too hot.`,
      },
      props,
    );
  }

  /**
   * Lets a function put events here (`eventStream().publish`), and tells it where.
   * @param options.name tells streams apart that one function writes to
   */
  grantWrite(fn: IFunction, options: { /** @default the function's only stream */ readonly name?: string } = {}): void {
    fn.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['kinesis:PutRecords'], resources: [this.stream.streamArn] }));
    grantKey(this.stream.encryptionKey, fn);
    setVariables(fn, this.node.path, { [variable(ENVIRONMENT.stream, options.name)]: this.stream.streamName });
  }

  /**
   * Feeds a function from this stream.
   *
   * @param name of the consumer, unique in this stream
   * @throws Error for choices that Lambda refuses at deployment
   */
  addConsumer(name: string, props: StreamConsumerProps): StreamConsumer {
    const scope = this.#consumerScope(name, props.handler);
    checkStreamConsumer(scope, props, this.#props.retention ?? DEFAULT_RETENTION);
    const parking = props.parking ?? ParkingTable.of(scope, this.#props);
    const consumerName = constructName(scope);
    const eventSource = new KinesisEventSource(this.stream, {
      ...startOf(props.startingPosition),
      batchSize: props.batchSize ?? 100,
      parallelizationFactor: props.parallelizationFactor ?? 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // Without, nothing counts what goes to the bucket.
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
      retryAttempts: props.retryAttempts ?? 10,
      onFailure: new FailureDestination(asBucket(props.onFailure ?? FailureBucket.of(scope, this.#props).bucket)),
      ...(props.maxBatchingWindow === undefined ? {} : { maxBatchingWindow: props.maxBatchingWindow }),
      ...(props.tumblingWindow === undefined ? {} : { tumblingWindow: props.tumblingWindow }),
      ...(props.maxRecordAge === undefined ? {} : { maxRecordAge: props.maxRecordAge }),
      ...(props.events === undefined
        ? {}
        : { filters: [FilterCriteria.filter({ data: { type: FilterRule.or(...new Set(props.events.map(({ type }) => type))) } })] }),
    });
    liveOf(props.handler).addEventSource(eventSource);
    parking.grantUse(props.handler);
    setVariables(props.handler, scope.node.path, {
      [ENVIRONMENT.consumer]: consumerName,
      ...((props.parallelizationFactor ?? 1) > 1 ? { [ENVIRONMENT.parallelization]: String(props.parallelizationFactor) } : {}),
    });
    const consumer: StreamConsumer = { handler: props.handler, eventSource, consumerName, parking };
    this.#makeAlarms(scope, consumer, { ...this.#props, ...props });
    this.#consumers.push(consumer);
    return consumer;
  }

  /** What {@link EventStream.addConsumer} has added so far. */
  get consumers(): readonly StreamConsumer[] {
    return this.#consumers;
  }

  /** A metric that the runtime counts for a consumer: `Handled`, `Parked`, `Windows`. */
  metricConsumer(consumer: StreamConsumer, metricName: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: serviceOf(consumer.handler, consumer.consumerName), consumer: consumer.consumerName },
      statistic: 'Sum',
      period: ALARM_PERIOD,
      ...options,
    });
  }

  #makeStream(props: EventStreamProps): Stream {
    const { shards } = props;
    if (shards !== undefined && !Token.isUnresolved(shards) && (!Number.isInteger(shards) || shards < 1)) {
      throw new Error(`${this.node.path}: shards is ${shards}; it must be an integer from 1. Leave it out for on demand.`);
    }
    const stream = new Stream(this, 'Stream', {
      ...(shards === undefined ? { streamMode: StreamMode.ON_DEMAND } : { streamMode: StreamMode.PROVISIONED, shardCount: shards }),
      retentionPeriod: props.retention ?? DEFAULT_RETENTION,
      ...streamEncryption(props.encryptionKey),
    });
    stream.applyRemovalPolicy(stageDefaults(this).removalPolicy);
    return stream;
  }

  /** Beside the stream; of a function in another stack, in that stack, so that the stacks depend on each other one way only. */
  #consumerScope(name: string, fn: IFunction): Construct {
    const there = Stack.of(fn);
    return there === Stack.of(this) ? new Construct(this, name) : new Construct(there, `${this.node.id}${name}`);
  }

  #makeAlarms(scope: Construct, consumer: StreamConsumer, props: AlarmProps): void {
    const { handler, eventSource, consumerName } = consumer;
    createAlarm(
      scope,
      'IteratorAge',
      {
        severity: 'critical',
        metric: handler.metric('IteratorAge', { statistic: 'Maximum', period: ALARM_PERIOD }),
        threshold: Duration.minutes(30).toMilliseconds(),
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        description: `The consumer ${consumerName} of ${this.node.path} is half an hour behind. When it falls back beyond the stream's retention, records are lost.`,
      },
      props,
    );
    createAlarm(
      scope,
      'SetAside',
      {
        severity: 'critical',
        metric: new Metric({
          namespace: 'AWS/Lambda',
          metricName: 'OnFailureDestinationDeliveredEventCount',
          dimensionsMap: { EventSourceMappingUUID: eventSource.eventSourceMappingId },
          statistic: 'Sum',
          period: ALARM_PERIOD,
        }),
        threshold: 1,
        description: `The consumer ${consumerName} of ${this.node.path} has given up records. They are in the bucket for failures, with their payload. Repair the cause and put them again.`,
      },
      props,
    );
    createAlarm(
      scope,
      'Parked',
      {
        severity: 'critical',
        metric: this.metricConsumer(consumer, 'Parked'),
        threshold: 1,
        description: `The consumer ${consumerName} of ${this.node.path} has set a record aside, in its parking table, with payload and reason.`,
      },
      props,
    );
  }
}

const DEFAULT_RETENTION = Duration.days(7);

function startOf(position: StreamConsumerProps['startingPosition']): {
  startingPosition: StartingPosition;
  startingPositionTimestamp?: number;
} {
  if (position instanceof Date)
    return { startingPosition: StartingPosition.AT_TIMESTAMP, startingPositionTimestamp: position.getTime() / 1000 };
  return { startingPosition: position === 'newest' ? StartingPosition.LATEST : StartingPosition.TRIM_HORIZON };
}
