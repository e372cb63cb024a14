import { Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type AnyTable, asTable, type EncryptionProps, stageDefaults, tableEncryption } from '../shared/index.ts';

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
    const { removalPolicy, deletionProtection } = stageDefaults(this);
    this.table = asTable(
      props.table ??
        new Table(this, 'Table', {
          partitionKey: { name: 'pk', type: AttributeType.STRING },
          billingMode: BillingMode.PAY_PER_REQUEST,
          timeToLiveAttribute: 'expiresAt',
          ...tableEncryption(props.encryptionKey),
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
          removalPolicy,
          deletionProtection,
        }),
    );
  }

  /** The one inbox table of the stack of `scope`, made when first asked for. */
  static of(scope: Construct, props: EncryptionProps = {}): InboxTable {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(SHARED_ID);
    return existing instanceof InboxTable
      ? existing
      : new InboxTable(stack, SHARED_ID, props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey });
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
    this.table.encryptionKey?.grantEncryptDecrypt(grantee);
  }
}
