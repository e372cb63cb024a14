import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENVIRONMENT, METRICS_NAMESPACE, variable } from '../../lambdas/runtime/context/environment.ts';
import { QueueSource, type QueueSourceProps } from '../consumer/index.ts';
import type { EventStream, StreamConsumerProps } from '../event-stream/index.ts';
import { serviceOf } from '../function/index.ts';
import { ParkingTable } from '../parking/index.ts';
import {
  ALARM_PERIOD,
  type AlarmProps,
  type AnyTable,
  asTable,
  constructName,
  createAlarm,
  type EncryptionProps,
  grantKey,
  setVariables,
  stageDefaults,
  tableEncryption,
  tagConstruct,
} from '../shared/index.ts';

/** What feeds a projection: a stream, or a queue of its own. */
export type ProjectionFeed =
  | { readonly stream: EventStream; readonly options?: Omit<StreamConsumerProps, 'handler' | 'parking'> }
  | { readonly queue: QueueSourceProps };

export interface ProjectionProps extends AlarmProps, EncryptionProps {
  /** A function made with `projection()` of `millrace/runtime`. */
  readonly handler: IFunction;
  /**
   * What feeds it.
   * @default a queue of its own, to be subscribed to a FanOut or made the target of a route
   * @example { stream: departures, options: { batchSize: 500 } }
   */
  readonly from?: ProjectionFeed;
  /** A table that is there already, with the string keys `pk` and `sk`. @default a table of its own */
  readonly table?: AnyTable;
  /** Where it parks what cannot be projected. @default the stack's parking table */
  readonly parking?: ParkingTable;
}

/** One generation of the rows, written by a function of its own. */
export interface Generation {
  readonly handler: IFunction;
  /** @default it is fed by a stream */
  readonly queue: IQueue | undefined;
}

/**
 * A read model: a table whose rows reflect each event once, in subject order (G5), written by a function that a stream or a queue feeds.
 *
 * Alarms: `Parked` (critical: a record was set aside), `Gaps` (critical: an event is missing), `Lag` (warning: rows are 5 minutes behind).
 * @example
 * const board = new Projection(this, 'Board', { handler: boardFunction, from: { stream: departures, options: { batchSize: 500 } } });
 * board.grantRead(readApi);
 */
export class Projection extends Construct {
  readonly table: ITable;
  readonly parking: ParkingTable;
  readonly handler: IFunction;
  /** Name in metrics and the parking table. */
  readonly projectionName: string;
  readonly #queue: IQueue | undefined;
  readonly #props: ProjectionProps;

  constructor(scope: Construct, id: string, props: ProjectionProps) {
    super(scope, id);
    tagConstruct(this, 'Projection');
    this.#props = props;
    this.projectionName = constructName(this);
    this.handler = props.handler;
    this.parking = props.parking ?? ParkingTable.of(this, props);
    this.table = asTable(props.table ?? this.#makeTable(props));
    this.#queue = this.#feed('Feed', props.handler, props.from ?? { queue: {} }, undefined);
    this.#makeAlarms(props);
  }

  /** The queue that feeds it. @throws Error when a stream does */
  get queue(): IQueue {
    if (this.#queue) return this.#queue;
    throw new Error(`${this.node.path} is fed by a stream; it has no queue to subscribe.`);
  }

  /**
   * Adds another generation of the rows, built from the beginning beside the one that readers see. When it has caught up, `promote` of
   * `millrace/runtime` lets them see it; the next deployment can then do without the old one.
   *
   * @param generation 1 to 20 letters and digits
   */
  addGeneration(generation: string, props: { readonly handler: IFunction; readonly from: ProjectionFeed }): Generation {
    if (!/^[A-Za-z0-9]{1,20}$/.test(generation)) {
      throw new Error(`${this.node.path}: the generation ${JSON.stringify(generation)} is not 1 to 20 letters and digits.`);
    }
    return { handler: props.handler, queue: this.#feed(`Generation${generation}`, props.handler, props.from, generation) };
  }

  /**
   * Lets a function read the rows (`readModel()`), and tells it where they are.
   * @param options.name tells read models apart that one function reads
   */
  grantRead(fn: IFunction, options: { /** @default the function's only read model */ readonly name?: string } = {}): void {
    this.#grant(fn, ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], [this.table.tableArn]);
    setVariables(fn, this.node.path, { [variable(ENVIRONMENT.projectionTable, options.name)]: this.table.tableName });
  }

  /** Age of the oldest event of a batch when it was projected, in milliseconds. */
  metricLag(options: MetricOptions = {}): Metric {
    return this.metric('Lag', { statistic: 'Maximum', ...options });
  }

  /** Records set aside. */
  metricParked(options: MetricOptions = {}): Metric {
    return this.metric('Parked', options);
  }

  /** Events that came without the one before them. */
  metricGaps(options: MetricOptions = {}): Metric {
    return this.metric('Gaps', options);
  }

  /** Write capacity used. */
  metricWriteUnits(options: MetricOptions = {}): Metric {
    return this.metric('WriteUnits', options);
  }

  /** A metric of this projection by name. */
  metric(metricName: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: serviceOf(this.handler, this.projectionName), projection: this.projectionName },
      statistic: 'Sum',
      period: ALARM_PERIOD,
      ...options,
    });
  }

  #feed(id: string, fn: IFunction, from: ProjectionFeed, generation: string | undefined): IQueue | undefined {
    setVariables(fn, this.node.path, {
      [ENVIRONMENT.projection]: this.projectionName,
      [ENVIRONMENT.projectionTable]: this.table.tableName,
      ...(generation === undefined ? {} : { [ENVIRONMENT.projectionGeneration]: generation }),
    });
    this.#grant(fn, ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [this.table.tableArn]);
    if ('stream' in from) {
      const { alarmTopic, alarmThresholds } = this.#props;
      from.stream.addConsumer(`${this.node.id}${id === 'Feed' ? '' : id}`, {
        ...(alarmTopic === undefined ? {} : { alarmTopic }),
        ...from.options,
        // What is parked is counted as the projection's.
        alarmThresholds: { ...alarmThresholds, ...from.options?.alarmThresholds, Parked: false },
        handler: fn,
        parking: this.parking,
      });
      return undefined;
    }
    this.parking.grantUse(fn);
    return new QueueSource(this, id, fn, { ...this.#props, ...from.queue }).queue;
  }

  #grant(grantee: IGrantable, actions: string[], resources: string[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
    grantKey(this.table.encryptionKey, grantee);
  }

  #makeTable(props: ProjectionProps): Table {
    return new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...tableEncryption(props.encryptionKey),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...stageDefaults(this).table,
    });
  }

  #makeAlarms(props: ProjectionProps): void {
    createAlarm(
      this,
      'Parked',
      {
        severity: 'critical',
        metric: this.metricParked(),
        threshold: 1,
        description: `${this.node.path} has set a record aside, in its parking table, with payload and reason. Its rows do not reflect it.`,
      },
      props,
    );
    createAlarm(
      this,
      'Gaps',
      {
        severity: 'critical',
        metric: this.metricGaps(),
        threshold: 1,
        description: `${this.node.path} got an event without the one before it. It waits in the parking table and follows by itself when that comes.`,
      },
      props,
    );
    createAlarm(
      this,
      'Lag',
      {
        severity: 'warning',
        metric: this.metricLag(),
        threshold: 5 * 60_000,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        description: `Rows of ${this.node.path} are more than 5 minutes behind the events.`,
      },
      props,
    );
  }
}
