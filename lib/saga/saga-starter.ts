import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EventContract } from '../../lambdas/contracts/index.ts';
import { ENVIRONMENT, METRICS_NAMESPACE } from '../../lambdas/runtime/context/environment.ts';
import { QueueSource } from '../consumer/index.ts';
import { type EventBus, type Route, toQueue } from '../event-bus/index.ts';
import { HandlerFunction, shippedHandler } from '../function/index.ts';
import type { ParkingTable } from '../parking/index.ts';
import { ALARM_PERIOD, type AlarmProps, constructName, createAlarm, type EncryptionProps, setVariables } from '../shared/index.ts';

export interface SagaStarterProps extends AlarmProps, EncryptionProps {
  /** Content of `data` that an event must have, in EventBridge's pattern language. @default any */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** Starts at the same time, 2 to 1000. @default as many as Lambda gives */
  readonly maxConcurrency?: number;
}

export interface StarterParts extends SagaStarterProps {
  readonly bus: EventBus;
  readonly contract: EventContract;
  readonly stateMachine: StateMachine;
  readonly parking: ParkingTable;
}

/**
 * Starts sagas for events: a queue, so that nothing is lost while Step Functions throttles, and a function that names each execution.
 *
 * Alarms: `Parked` (critical), and those of its queue.
 */
export class SagaStarter extends Construct {
  readonly queue: IQueue;
  readonly source: QueueSource;
  readonly handler: HandlerFunction;
  readonly route: Route;

  constructor(scope: Construct, id: string, props: StarterParts) {
    super(scope, id);
    this.handler = new HandlerFunction(this, 'Function', {
      entry: shippedHandler('saga-starter'),
      description: `Starts ${props.stateMachine.node.path} for each ${props.contract.type}`,
      serviceName: constructName(this),
      timeout: Duration.seconds(20),
      ...(props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey }),
    });
    props.stateMachine.grantStartExecution(this.handler);
    props.parking.grantUse(this.handler);
    setVariables(this.handler, this.node.path, { [ENVIRONMENT.stateMachine]: props.stateMachine.stateMachineArn });
    this.source = new QueueSource(this, 'Source', this.handler, {
      ...(props.alarmTopic === undefined ? {} : { alarmTopic: props.alarmTopic }),
      ...(props.alarmThresholds === undefined ? {} : { alarmThresholds: props.alarmThresholds }),
      ...(props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey }),
      ...(props.maxConcurrency === undefined ? {} : { maxConcurrency: props.maxConcurrency }),
    });
    this.queue = this.source.queue;
    createAlarm(
      this,
      'Parked',
      {
        severity: 'critical',
        metric: new Metric({
          namespace: METRICS_NAMESPACE,
          metricName: 'Parked',
          dimensionsMap: { service: this.handler.serviceName, stateMachine: props.stateMachine.stateMachineName },
          statistic: 'Sum',
          period: ALARM_PERIOD,
        }),
        threshold: 1,
        description: `${this.node.path} got something that is no event, and started no saga for it. It is in the parking table, with its reason.`,
      },
      props,
    );
    this.route = props.bus.route(props.contract, toQueue(this.queue), props.filter === undefined ? {} : { filter: props.filter });
  }
}
