import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENVIRONMENT, METRICS_NAMESPACE } from '../../lambdas/runtime/context/environment.ts';
import { serviceOf } from '../function/index.ts';
import { InboxTable } from '../inbox/index.ts';
import { ParkingTable } from '../parking/index.ts';
import { ALARM_PERIOD, constructName, createAlarm, type DeadLetterQueue, setVariables, tagConstruct } from '../shared/index.ts';
import { QueueSource, type QueueSourceProps } from './queue-source.ts';

export interface ConsumerProps extends QueueSourceProps {
  /** A function made with `consumer()` of `millrace/runtime`. */
  readonly handler: IFunction;
  /** Where it keeps what it has handled. @default the stack's inbox table */
  readonly inbox?: InboxTable;
  /** Where it parks what cannot be handled. @default the stack's parking table */
  readonly parking?: ParkingTable;
}

/**
 * An idempotent consumer of a queue: the effects of each event happen exactly once (G3).
 *
 * Alarms: `Parked` (critical: an event was set aside), `MessageAge` (warning) of its queue, `NotEmpty` (critical) of its dead-letter queue.
 * @example
 * const mail = new Consumer(this, 'Mail', { handler: mailFunction });
 * bookingEvents.subscribe(mail, { events: [BookingConfirmed, BookingRejected] });
 * @see https://microservices.io/patterns/communication-style/idempotent-consumer.html
 */
export class Consumer extends Construct {
  readonly queue: IQueue;
  /** @default the queue was there already, with its own */
  readonly deadLetterQueue: DeadLetterQueue | undefined;
  readonly source: QueueSource;
  readonly handler: IFunction;
  readonly inbox: InboxTable;
  readonly parking: ParkingTable;
  /** Name in metrics, and in keys of inbox and parking table. */
  readonly consumerName: string;

  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id);
    tagConstruct(this, 'Consumer');
    this.consumerName = constructName(this);
    this.handler = props.handler;
    this.inbox = props.inbox ?? InboxTable.of(this, props);
    this.parking = props.parking ?? ParkingTable.of(this, props);
    this.source = new QueueSource(this, 'Source', props.handler, props);
    this.queue = this.source.queue;
    this.deadLetterQueue = this.source.deadLetterQueue;
    this.inbox.grantUse(props.handler);
    this.parking.grantUse(props.handler);
    setVariables(props.handler, this.node.path, {
      [ENVIRONMENT.consumer]: this.consumerName,
      [ENVIRONMENT.inboxTable]: this.inbox.table.tableName,
    });
    createAlarm(
      this,
      'Parked',
      {
        severity: 'critical',
        metric: this.metricParked(),
        threshold: 1,
        description: `${this.node.path} has set an event aside, in its parking table, with payload and reason. Repair what is wrong, then release or drop it.`,
      },
      props,
    );
  }

  /** Events whose effects were committed. */
  metricHandled(options: MetricOptions = {}): Metric {
    return this.metric('Handled', options);
  }

  /** Events that had been handled before. */
  metricDuplicates(options: MetricOptions = {}): Metric {
    return this.metric('Duplicates', options);
  }

  /** Events set aside. */
  metricParked(options: MetricOptions = {}): Metric {
    return this.metric('Parked', options);
  }

  /** Age of the oldest event of a batch when it was handled, in milliseconds. */
  metricLag(options: MetricOptions = {}): Metric {
    return this.metric('Lag', { statistic: 'Maximum', ...options });
  }

  /** A metric of this consumer by name. */
  metric(metricName: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: serviceOf(this.handler, this.consumerName), consumer: this.consumerName },
      statistic: 'Sum',
      period: ALARM_PERIOD,
      ...options,
    });
  }
}
