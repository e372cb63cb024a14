import { Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambdas/runtime/context/environment.ts';
import {
  type AnyTable,
  asTable,
  checkSharedKey,
  type EncryptionProps,
  grantKey,
  keyOf,
  setVariables,
  stageDefaults,
  tableEncryption,
  tagConstruct,
} from '../shared/index.ts';

export interface ParkingTableProps extends EncryptionProps {
  /** A table that is there already, with the string keys `pk` and `sk`. @default a table of its own */
  readonly table?: AnyTable;
}

const SHARED_ID = 'MillraceParking';

/**
 * What could not be processed: with its payload and reason, without a time limit, until it is released or dropped (G7). Everything in one stack
 * shares one table, unless told otherwise: its partition key is its owner.
 */
export class ParkingTable extends Construct {
  readonly table: ITable;

  constructor(scope: Construct, id: string, props: ParkingTableProps = {}) {
    super(scope, id);
    tagConstruct(this, 'ParkingTable');
    this.table = asTable(
      props.table ??
        new Table(this, 'Table', {
          partitionKey: { name: 'pk', type: AttributeType.STRING },
          sortKey: { name: 'sk', type: AttributeType.STRING },
          billingMode: BillingMode.PAY_PER_REQUEST,
          ...tableEncryption(props.encryptionKey),
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
          ...stageDefaults(this).table,
        }),
    );
  }

  /** The one parking table of the stack of `scope`, made when first asked for. @throws Error when it is there already under another key */
  static of(scope: Construct, props: EncryptionProps = {}): ParkingTable {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(SHARED_ID);
    if (!(existing instanceof ParkingTable)) return new ParkingTable(stack, SHARED_ID, keyOf(props));
    checkSharedKey(scope, existing, existing.table.encryptionKey, props);
    return existing;
  }

  /** Lets a function park, look and take out what waited, and tells it where. */
  grantUse(fn: IFunction): void {
    this.#grant(fn, ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query']);
    setVariables(fn, this.node.path, { [ENVIRONMENT.parkingTable]: this.table.tableName });
  }

  /** Lets somebody put things here, and nothing else. */
  grantPark(grantee: IGrantable): void {
    this.#grant(grantee, ['dynamodb:PutItem']);
  }

  #grant(grantee: IGrantable, actions: string[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [this.table.tableArn] }));
    grantKey(this.table.encryptionKey, grantee);
  }
}
