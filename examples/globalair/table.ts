import { Tags } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { stageDefaults, tableEncryption } from 'millrace';

/** A service's own table, keyed by `pk`. */
export class ServiceTable extends Table {
  readonly #variable: string;

  /** @param variable environment variable that tells functions its name */
  constructor(scope: Construct, id: string, variable: string) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...tableEncryption(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...stageDefaults(scope).table,
    });
    this.#variable = variable;
    Tags.of(this).add('globalair:table', id);
  }

  /** Lets a function do this to items of the table, and tells it where they are: `allow(fn, 'GetItem', 'UpdateItem')`. */
  allow(fn: LambdaFunction, ...actions: readonly string[]): void {
    const grantee: IFunction = fn;
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: actions.map((action) => `dynamodb:${action}`), resources: [this.tableArn] }),
    );
    fn.addEnvironment(this.#variable, this.tableName);
  }
}
