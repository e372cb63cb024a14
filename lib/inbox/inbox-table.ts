import { Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENVIRONMENT, METRICS_NAMESPACE } from '../../lambdas/runtime/context/environment.ts';
import { serviceOf } from '../function/index.ts';
import { ParkingTable } from '../parking/index.ts';
import {
  ALARM_PERIOD,
  type AlarmProps,
  type AnyTable,
  asTable,
  checkSharedKey,
  constructName,
  createAlarm,
  type EncryptionProps,
  grantKey,
  keyOf,
  setVariables,
  stageDefaults,
  tableEncryption,
  tagConstruct,
} from '../shared/index.ts';

export interface InboxTableProps extends EncryptionProps {
  /** A table that is there already, with the string key `pk` and TTL on `expiresAt`. @default a table of its own */
  readonly table?: AnyTable;
}

const SHARED_ID = 'MillraceInbox';

/**
 * What consumers, saga steps and side effects have done already. Everything in one stack shares one table, unless told otherwise: its keys begin
 * with the name of their owner.
 */
export class InboxTable extends Construct {
  readonly table: ITable;

  constructor(scope: Construct, id: string, props: InboxTableProps = {}) {
    super(scope, id);
    tagConstruct(this, 'InboxTable');
    this.table = asTable(
      props.table ??
        new Table(this, 'Table', {
          partitionKey: { name: 'pk', type: AttributeType.STRING },
          billingMode: BillingMode.PAY_PER_REQUEST,
          timeToLiveAttribute: 'expiresAt',
          ...tableEncryption(props.encryptionKey),
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
          ...stageDefaults(this).table,
        }),
    );
  }

  /** The one inbox table of the stack of `scope`, made when first asked for. @throws Error when it is there already under another key */
  static of(scope: Construct, props: EncryptionProps = {}): InboxTable {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(SHARED_ID);
    if (!(existing instanceof InboxTable)) return new InboxTable(stack, SHARED_ID, keyOf(props));
    checkSharedKey(scope, existing, existing.table.encryptionKey, props);
    return existing;
  }

  /**
   * Lets a function run side effects (`sideEffect()`) whose leases are kept here, and park those of which nobody knows the outcome.
   *
   * Alarm `SideEffectsParked` (critical), beside the function.
   */
  grantSideEffects(fn: IFunction, parking: ParkingTable = ParkingTable.of(this), alarms: AlarmProps = {}): void {
    this.grantUse(fn);
    parking.grantUse(fn);
    setVariables(fn, this.node.path, { [ENVIRONMENT.sideEffectTable]: this.table.tableName });
    this.#alarmOnUnknown(fn, alarms);
  }

  #alarmOnUnknown(fn: IFunction, alarms: AlarmProps): void {
    const id = `${fn.node.id}SideEffects`;
    const beside = fn.node.scope;
    if (!(beside instanceof Construct) || beside.node.tryFindChild(id)) return;
    const scope = new Construct(beside, id);
    tagConstruct(scope, 'SideEffects');
    createAlarm(
      scope,
      'SideEffectsParked',
      {
        severity: 'critical',
        metric: new Metric({
          namespace: METRICS_NAMESPACE,
          metricName: 'SideEffectsParked',
          dimensionsMap: { service: serviceOf(fn, constructName(fn)) },
          statistic: 'Sum',
          period: ALARM_PERIOD,
        }),
        threshold: 1,
        description: `Nobody knows whether a side effect of ${fn.node.path} happened. The parking table names it: find out, then say so with settleSideEffect.`,
      },
      alarms,
    );
  }

  /** Lets somebody keep records here. */
  grantUse(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [
          'dynamodb:GetItem',
          'dynamodb:BatchGetItem',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
          'dynamodb:ConditionCheckItem',
        ],
        resources: [this.table.tableArn],
      }),
    );
    grantKey(this.table.encryptionKey, grantee);
  }
}
