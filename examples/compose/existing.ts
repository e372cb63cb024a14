import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { GatewayVpcEndpointAwsService, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** What the shop had before it knew of Millrace, made with the CDK's own constructs. */
export class Existing extends Construct {
  /** Private, without a way to the internet; DynamoDB is all that its functions call. */
  readonly vpc = new Vpc(this, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [{ name: 'Private', subnetType: SubnetType.PRIVATE_ISOLATED }],
    gatewayEndpoints: { DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
  });

  readonly bus = new EventBus(this, 'Bus');

  readonly orders = new Table(this, 'Orders', {
    partitionKey: { name: 'orderId', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    removalPolicy: RemovalPolicy.DESTROY,
  });

  /** Articles in stock, and what is to be packed. */
  readonly warehouse = new Table(this, 'Warehouse', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    removalPolicy: RemovalPolicy.DESTROY,
  });

  /** Accounting hears of whatever is put on the bus. */
  readonly accounting = new Queue(this, 'Accounting', { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true });

  readonly accountingRule = new Rule(this, 'AccountingRule', {
    eventBus: this.bus,
    eventPattern: { source: ['shop.orders'] },
    targets: [new SqsQueue(this.accounting)],
  });

  readonly packing = new Queue(this, 'Packing', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout: Duration.minutes(1),
    deadLetterQueue: {
      maxReceiveCount: 10,
      queue: new Queue(this, 'PackingFailed', {
        encryption: QueueEncryption.SQS_MANAGED,
        enforceSSL: true,
        retentionPeriod: Duration.days(14),
      }),
    },
  });
}
