import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import type { MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine, DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EventContract } from '../../lambdas/contracts/index.ts';
import { ENVIRONMENT } from '../../lambdas/runtime/context/environment.ts';
import { functionTimeout } from '../consumer/checks.ts';
import type { EventBus } from '../event-bus/index.ts';
import { liveOf } from '../function/index.ts';
import { InboxTable } from '../inbox/index.ts';
import { ParkingTable } from '../parking/index.ts';
import {
  ALARM_PERIOD,
  acknowledge,
  allowLogsToEncrypt,
  allowServiceToEncrypt,
  createAlarm,
  freshName,
  grantKey,
  setVariables,
  stageDefaults,
  tagConstruct,
} from '../shared/index.ts';
import { compileSaga } from './compile.ts';
import { retryPlan, type SagaRetry } from './defaults.ts';
import { checkPlan, longestSaga, type SagaPlan, type TaskPlan } from './plan.ts';
import type { SagaProps, SagaStepProps } from './saga-props.ts';
import { SagaStarter, type SagaStarterProps } from './saga-starter.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,59}$/;
const DEFAULT_TIMEOUT = Duration.seconds(30);

/** Names of sagas by the table in which their steps keep their records. */
const namesIn = new WeakMap<InboxTable, Set<string>>();

/**
 * A saga: steps of several services that end Completed, Compensated or Parked, whatever step fails, runs out of time or answers twice (G6).
 * Compiled to a standard Step Functions state machine in JSONata.
 *
 * A refusal of a step turns the saga back; a step whose outcome is unknown is taken back as well, before those before it, in reverse order.
 * After the pivot it only goes forward. There is no time limit on an execution: that would end it in the middle.
 *
 * Alarms: `Parked` (critical: an execution failed; the parking table has it), `TimedOut` and `Aborted` (critical: somebody stopped an execution in
 * the middle), `Slow` (warning: an execution took longer than all its retries allow).
 * @example
 * const saga = new Saga(this, 'Booking', {
 *   steps: [
 *     { name: 'reserveSeat', kind: 'compensatable', handler: seats },
 *     { name: 'authorisePayment', kind: 'compensatable', handler: payments },
 *     { name: 'issueTicket', kind: 'pivot', handler: tickets },
 *     { name: 'creditPoints', kind: 'retriable', handler: loyalty },
 *   ],
 *   onCompensated: rejectBooking,
 * });
 * saga.startOn(bus, BookingRequested);
 * @see https://microservices.io/patterns/data/saga.html
 */
export class Saga extends Construct {
  readonly stateMachine: StateMachine;
  readonly logGroup: LogGroup;
  readonly records: InboxTable;
  readonly parking: ParkingTable;
  /** First part of the idempotency keys of its steps. */
  readonly sagaName: string;
  /** The longest that an execution can take with all its retries. */
  readonly longest: Duration;
  readonly #props: SagaProps;

  constructor(scope: Construct, id: string, props: SagaProps) {
    super(scope, id);
    tagConstruct(this, 'Saga');
    this.#props = props;
    this.sagaName = props.sagaName ?? id;
    this.records = props.records ?? InboxTable.of(this, props);
    this.parking = props.parking ?? ParkingTable.of(this, props);
    this.#checkName();
    const plan = this.#plan(props);
    const problems = checkPlan(plan);
    if (problems.length > 0) throw new Error(`${this.node.path}: ${problems.join(' ')}`);
    this.longest = Duration.seconds(longestSaga(plan));
    for (const fn of this.#functions(props)) this.#equip(fn);
    this.logGroup = this.#makeLogGroup(props);
    this.stateMachine = this.#makeStateMachine(plan, props);
    this.#makeAlarms(props);
  }

  /**
   * Starts a saga for each event of this type, through a queue: the execution is named after the event's subject, so that no duplicate starts it
   * twice. (EventBridge's own target cannot name executions.)
   */
  startOn(bus: EventBus, contract: EventContract, props: SagaStarterProps = {}): SagaStarter {
    return new SagaStarter(this, `StartOn${pascal(contract.type)}`, {
      ...this.#props,
      ...props,
      bus,
      contract,
      stateMachine: this.stateMachine,
      parking: this.parking,
    });
  }

  /** Sagas that went through. */
  metricSucceeded(options: MetricOptions = {}) {
    return this.stateMachine.metricSucceeded({ period: ALARM_PERIOD, ...options });
  }

  /** Sagas that are parked. */
  metricParked(options: MetricOptions = {}) {
    return this.stateMachine.metricFailed({ period: ALARM_PERIOD, ...options });
  }

  /** How long executions took, in milliseconds. */
  metricDuration(options: MetricOptions = {}) {
    return this.stateMachine.metricTime({ period: ALARM_PERIOD, ...options });
  }

  #checkName(): void {
    if (!NAME.test(this.sagaName)) {
      throw new Error(
        `${this.node.path}: the saga's name ${JSON.stringify(this.sagaName)} must be 1 to 60 letters, digits, '-' or '_', and begin with a letter.`,
      );
    }
    const names = namesIn.get(this.records) ?? new Set();
    if (names.has(this.sagaName)) {
      throw new Error(
        `${this.node.path}: another saga that keeps its records in the same table is called ${this.sagaName}; give one of them a sagaName.`,
      );
    }
    names.add(this.sagaName);
    namesIn.set(this.records, names);
  }

  #plan(props: SagaProps): SagaPlan {
    return {
      name: this.sagaName,
      partition: Stack.of(this).partition,
      parkingTable: this.parking.table.tableName,
      steps: props.steps.map((step) => {
        const undo = step.compensation ?? (step.kind === 'compensatable' ? step.handler : undefined);
        return {
          name: step.name,
          kind: step.kind,
          action: this.#task(step, step.handler, step.kind, step.retry),
          ...(undo === undefined ? {} : { compensation: this.#task(step, undo, 'compensation', step.compensationRetry) }),
        };
      }),
      ...(props.onCompensated === undefined
        ? {}
        : { onCompensated: this.#task({ name: 'onCompensated' }, props.onCompensated, 'compensation', undefined) }),
    };
  }

  #task(
    step: Pick<SagaStepProps, 'name' | 'timeout'>,
    fn: IFunction,
    kind: Parameters<typeof retryPlan>[0],
    retry: SagaRetry | undefined,
  ): TaskPlan {
    const own = functionTimeout(fn);
    const timeout = step.timeout ?? own ?? DEFAULT_TIMEOUT;
    if (own && own.toSeconds() > timeout.toSeconds()) {
      Annotations.of(this).addInfo(
        `Step ${step.name}: the function may run for ${own.toSeconds()} s and is waited for ${timeout.toSeconds()} s; what it does later is kept from taking effect by its record.`,
      );
    }
    return { functionArn: liveOf(fn).functionArn, timeoutSeconds: timeout.toSeconds(), retry: retryPlan(kind, retry) };
  }

  #functions(props: SagaProps): Set<IFunction> {
    const steps = props.steps.flatMap((step) => [step.handler, ...(step.compensation ? [step.compensation] : [])]);
    return new Set([...steps, ...(props.onCompensated ? [props.onCompensated] : [])]);
  }

  #equip(fn: IFunction): void {
    // A function of another stack keeps its records there: the saga's stack depends on it already, for its steps.
    const records = this.#props.records || Stack.of(fn) === Stack.of(this) ? this.records : InboxTable.of(fn);
    records.grantUse(fn);
    setVariables(fn, this.node.path, { [ENVIRONMENT.sagaTable]: records.table.tableName });
  }

  #makeLogGroup(props: SagaProps): LogGroup {
    const { removalPolicy, logRetention } = stageDefaults(this);
    const key = props.encryptionKey;
    if (key) allowLogsToEncrypt(key, Stack.of(this));
    return new LogGroup(this, 'Logs', {
      // Every other name would take a part of the one policy by which the account's log deliveries write, which has 5,120 characters.
      logGroupName: `/aws/vendedlogs/states/${freshName(this)}`,
      retention: logRetention,
      removalPolicy,
      ...(key === undefined ? {} : { encryptionKey: key }),
    });
  }

  #makeStateMachine(plan: SagaPlan, props: SagaProps): StateMachine {
    const stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(compileSaga(plan))),
      comment: `Saga ${plan.name}`,
      tracingEnabled: true,
      logs: { destination: this.logGroup, level: LogLevel.ALL, includeExecutionData: props.logData ?? false },
      removalPolicy: stageDefaults(this).removalPolicy,
    });
    stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [...this.#functions(props)].map((fn) => liveOf(fn).functionArn),
      }),
    );
    acknowledge(stateMachine.role, {
      'AwsSolutions-IAM5[Resource::*]':
        'X-Ray has no resources to name, and CloudWatch Logs allows deliveries of logs to be set up on * only.',
    });
    this.parking.grantPark(stateMachine);
    if (props.encryptionKey) this.#encrypt(stateMachine, props.encryptionKey);
    return stateMachine;
  }

  /**
   * Definition, input and history under the key. Done by hand, since the CDK's own property allows its use for a machine with a fixed name only
   * (https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html).
   */
  #encrypt(stateMachine: StateMachine, key: IKey): void {
    const { defaultChild } = stateMachine.node;
    if (!(defaultChild instanceof CfnStateMachine)) return;
    defaultChild.encryptionConfiguration = { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: key.keyArn, kmsDataKeyReusePeriodSeconds: 300 };
    grantKey(key, stateMachine);
    // It brings the encrypted log of executions to the log group.
    allowServiceToEncrypt(key, 'delivery.logs.amazonaws.com', Stack.of(this).account);
  }

  #makeAlarms(props: SagaProps): void {
    const alarm = (id: string, metric: ReturnType<StateMachine['metricFailed']>, description: string): void => {
      createAlarm(this, id, { severity: 'critical', metric, threshold: 1, description: `${this.node.path}: ${description}` }, props);
    };
    alarm(
      'Parked',
      this.metricParked(),
      'a saga can go neither on nor back. The parking table has its data and where it stopped; repair the cause and resume it.',
    );
    alarm(
      'TimedOut',
      this.stateMachine.metricTimedOut({ period: ALARM_PERIOD }),
      'an execution ran out of time in the middle of its steps.',
    );
    alarm(
      'Aborted',
      this.stateMachine.metricAborted({ period: ALARM_PERIOD }),
      'somebody stopped an execution in the middle of its steps; nothing compensates it.',
    );
    createAlarm(
      this,
      'Slow',
      {
        severity: 'warning',
        metric: this.metricDuration({ statistic: 'Maximum' }),
        threshold: this.longest.toMilliseconds(),
        description: `${this.node.path}: an execution took longer than all its retries allow (${this.longest.toHumanString()}). It was stuck.`,
      },
      props,
    );
  }
}

function pascal(type: string): string {
  return type
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
