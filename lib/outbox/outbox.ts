import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IEventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { ENVIRONMENT, METRICS_NAMESPACE, variable } from '../../lambdas/runtime/context/environment.ts';
import { ATTRIBUTES, DEFAULT_SHARDS, PARKED_SHARD } from '../../lambdas/runtime/outbox/item.ts';
import { EventBus } from '../event-bus/index.ts';
import { HandlerFunction, shippedHandler } from '../function/index.ts';
import {
  ALARM_PERIOD,
  acknowledge,
  asBucket,
  asEventBus,
  constructName,
  DeadLetterQueue,
  FailureBucket,
  FailureDestination,
  grantKey,
  setVariables,
  tagConstruct,
} from '../shared/index.ts';
import { makeAlarms } from './outbox-alarms.ts';
import { type OutboxProps, overdueSeconds, sweepPeriod } from './outbox-props.ts';
import { adoptTable, makeTable } from './outbox-table.ts';

const STREAM_RECORD_LIFE = Duration.hours(24);

/**
 * A transactional outbox: a table whose items carry an aggregate's state together with its events, a relay that publishes them from the
 * table's stream in subject order, and a sweeper that publishes what the relay did not, however long it was down.
 *
 * Handlers commit with `outbox()` of `millrace/runtime`; {@link Outbox.grantCommit} lets them.
 *
 * Alarms: `OutboxAge` (critical: an event has waited for 3 minutes, or two runs of the sweeper longer than `overdueAfter`, or the sweeper is silent), `Parked` (critical: an event can never be
 * published, and its subject stands still), `IteratorAge` (warning), `RelayErrors` (warning), `SweeperErrors` (warning), and `NotEmpty` of
 * the dead-letter queue (warning: the sweeper could not be run).
 *
 * @see https://microservices.io/patterns/data/transactional-outbox.html
 * @example
 * const bus = new EventBus(this, 'Bus');
 * const bookings = new Outbox(this, 'Bookings', { bus });
 * bookings.grantCommit(requestBooking);
 */
export class Outbox extends Construct {
  readonly table: ITable;
  readonly relay: HandlerFunction;
  readonly sweeper: HandlerFunction;
  /** Starts the sweeper. */
  readonly schedule: Rule;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly bus: IEventBus;
  /** Name in metrics (dimension `outbox`): stack and path, so that two copies of a stack keep apart. */
  readonly outboxName: string;
  readonly #partitionKey: string;
  readonly #index: string;
  readonly #shards: number;

  constructor(scope: Construct, id: string, props: OutboxProps) {
    super(scope, id);
    tagConstruct(this, 'Outbox');
    this.outboxName = constructName(this);
    this.bus = props.bus instanceof EventBus ? props.bus.eventBus : asEventBus(props.bus);
    const { table, partitionKey, index } = props.table ? adoptTable(this, props.table, props) : makeTable(this, 'Table', props);
    this.table = table;
    this.#partitionKey = partitionKey;
    this.#index = index;
    this.#shards = checkShards(this, props.shards ?? DEFAULT_SHARDS);

    this.deadLetterQueue = new DeadLetterQueue(this, 'DeadLetters', {
      ...props,
      holds: 'runs of the sweeper that failed; pending events wait for the next run',
      writer: 'events.amazonaws.com',
      severity: 'warning',
    });
    this.relay = this.#makeRelay(props);
    this.sweeper = this.#makeSweeper(props);
    this.schedule = this.#makeSchedule(props);
    makeAlarms(this, props);
  }

  /**
   * Lets a function read and commit aggregates, and tells it where they are.
   * @param options.name tells outboxes apart that one function commits to: the `name` given to `outbox()`
   */
  grantCommit(fn: IFunction, options: { /** @default the function's only outbox */ readonly name?: string } = {}): void {
    this.#grant(fn, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem']);
    this.#tell(fn, options.name);
  }

  /** Lets a function read aggregates (`outbox().load`), and tells it where they are. */
  grantLoad(fn: IFunction, options: { /** @default the function's only outbox */ readonly name?: string } = {}): void {
    this.#grant(fn, ['dynamodb:GetItem']);
    this.#tell(fn, options.name);
  }

  /** Lets a function list parked subjects and release them (`parkedSubjects()`), and tells it where they are. */
  grantOperate(fn: IFunction, options: { /** @default the function's only outbox */ readonly name?: string } = {}): void {
    this.#grant(fn, ['dynamodb:GetItem', 'dynamodb:UpdateItem']);
    this.#grantQuery(fn);
    this.#tell(fn, options.name);
  }

  /** How long the oldest event has waited, in seconds, as the sweeper sees it every run. */
  metricOutboxAge(options: MetricOptions = {}): Metric {
    return this.metric('OutboxAge', { statistic: 'Maximum', ...options });
  }

  metricPublished(options: MetricOptions = {}): Metric {
    return this.metric('Published', options);
  }

  /** Entries that the bus did not take; they are tried again. */
  metricFailed(options: MetricOptions = {}): Metric {
    return this.metric('Failed', options);
  }

  /** Subjects that stand still because of an event that can never be published. */
  metricParkedSubjects(options: MetricOptions = {}): Metric {
    return this.metric('ParkedSubjects', { statistic: 'Maximum', ...options });
  }

  /** Longest time from commit to publication, in milliseconds. */
  metricPublishDelay(options: MetricOptions = {}): Metric {
    return this.metric('PublishDelay', { statistic: 'p99', ...options });
  }

  /** A metric of this outbox by name. */
  metric(metricName: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: this.outboxName, outbox: this.outboxName },
      statistic: 'Sum',
      period: ALARM_PERIOD,
      ...options,
    });
  }

  #makeRelay(props: OutboxProps): HandlerFunction {
    const relay = new HandlerFunction(this, 'Relay', {
      entry: shippedHandler('relay'),
      description: `Publishes the events of the outbox ${this.node.path}`,
      serviceName: this.outboxName,
      timeout: props.relay?.timeout ?? Duration.seconds(30),
      memorySize: props.relay?.memorySize ?? 512,
      environment: this.#variables(props),
      ...(props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey }),
    });
    relay.addEventSource(
      new DynamoEventSource(this.table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: props.relay?.batchSize ?? 100,
        ...(props.relay?.maxBatchingWindow === undefined ? {} : { maxBatchingWindow: props.relay.maxBatchingWindow }),
        parallelizationFactor: props.relay?.parallelizationFactor ?? 1,
        retryAttempts: props.relay?.retryAttempts ?? 5,
        maxRecordAge: STREAM_RECORD_LIFE,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        onFailure: new FailureDestination(asBucket(props.failureBucket ?? FailureBucket.of(this, props).bucket)),
        // Clearing an item is a change of it, too: without the filter the relay would start itself for nothing.
        filters: [
          FilterCriteria.filter({ dynamodb: { NewImage: { [ATTRIBUTES.pendingShard]: { S: FilterRule.notEquals(PARKED_SHARD) } } } }),
        ],
      }),
    );
    if (relay.role)
      acknowledge(relay.role, { 'AwsSolutions-IAM5[Resource::*]': 'DynamoDB allows ListStreams, which Lambda needs of it, on * only.' });
    this.#grant(relay, ['dynamodb:UpdateItem']);
    this.#grantPut(relay);
    return relay;
  }

  #makeSweeper(props: OutboxProps): HandlerFunction {
    const sweeper = new HandlerFunction(this, 'Sweeper', {
      entry: shippedHandler('sweeper'),
      description: `Publishes overdue events of the outbox ${this.node.path}`,
      serviceName: this.outboxName,
      timeout: Duration.seconds(55),
      environment: this.#variables(props),
      ...(props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey }),
      overrides: {
        // The next run comes anyway.
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
        onFailure: new SqsDestination(this.deadLetterQueue.queue),
      },
    });
    this.#grant(sweeper, ['dynamodb:GetItem', 'dynamodb:UpdateItem']);
    this.#grantQuery(sweeper);
    this.#grantPut(sweeper);
    return sweeper;
  }

  #makeSchedule(props: OutboxProps): Rule {
    return new Rule(this, 'Schedule', {
      description: `Starts the sweeper of ${this.node.path}`,
      schedule: Schedule.rate(sweepPeriod(props)),
      targets: [
        new LambdaFunction(this.sweeper, {
          deadLetterQueue: this.deadLetterQueue.queue,
          retryAttempts: 0,
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });
  }

  #variables(props: OutboxProps): Record<string, string> {
    return {
      [ENVIRONMENT.outboxTable]: this.table.tableName,
      [ENVIRONMENT.outboxKey]: this.#partitionKey,
      [ENVIRONMENT.outboxIndex]: this.#index,
      [ENVIRONMENT.outboxShards]: String(this.#shards),
      [ENVIRONMENT.outboxOverdueSeconds]: String(overdueSeconds(props)),
      [ENVIRONMENT.outboxName]: this.outboxName,
      [ENVIRONMENT.bus]: this.bus.eventBusName,
    };
  }

  #tell(fn: IFunction, name: string | undefined): void {
    setVariables(fn, this.node.path, {
      [variable(ENVIRONMENT.outboxTable, name)]: this.table.tableName,
      [variable(ENVIRONMENT.outboxKey, name)]: this.#partitionKey,
      [variable(ENVIRONMENT.outboxIndex, name)]: this.#index,
      [variable(ENVIRONMENT.outboxShards, name)]: String(this.#shards),
    });
  }

  #grant(grantee: IGrantable, actions: string[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [this.table.tableArn] }));
    grantKey(this.table.encryptionKey, grantee);
  }

  #grantQuery(grantee: IGrantable): void {
    const resources = [`${this.table.tableArn}/index/${this.#index}`];
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['dynamodb:Query'], resources }));
  }

  #grantPut(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] }));
  }
}

function checkShards(outbox: Construct, shards: number): number {
  if (Number.isInteger(shards) && shards >= 1 && shards <= 100) return shards;
  throw new Error(`${outbox.node.path}: ${shards} shards make no sense; give an integer from 1 to 100.`);
}
