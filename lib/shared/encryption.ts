import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { StreamEncryption } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { QueueEncryption } from 'aws-cdk-lib/aws-sqs';

/** Props of every construct that stores data. */
export interface EncryptionProps {
  /**
   * Customer-managed key for everything that the construct stores. The construct grants it to the services that write there, without which
   * messages and alarms would vanish.
   * @default keys that the services manage
   */
  readonly encryptionKey?: IKey;
}

interface Keyed<Encryption> {
  readonly encryption: Encryption;
  readonly encryptionMasterKey?: IKey;
}

/**
 * Queues under SQS's own key, not under `aws/sqs`: nobody can grant that one to EventBridge or SNS, so their deliveries would vanish
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html).
 */
export function queueEncryption(key?: IKey): Keyed<QueueEncryption> {
  return key ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key } : { encryption: QueueEncryption.SQS_MANAGED };
}

export function tableEncryption(key?: IKey): { readonly encryption: TableEncryption; readonly encryptionKey?: IKey } {
  return key
    ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }
    : // The AWS-managed key shows every use in CloudTrail; the default (AWS-owned) shows none.
      { encryption: TableEncryption.AWS_MANAGED };
}

export function bucketEncryption(key?: IKey): {
  readonly encryption: BucketEncryption;
  readonly encryptionKey?: IKey;
  readonly bucketKeyEnabled?: boolean;
} {
  return key
    ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
    : { encryption: BucketEncryption.S3_MANAGED };
}

export function streamEncryption(key?: IKey): { readonly encryption: StreamEncryption; readonly encryptionKey?: IKey } {
  return key ? { encryption: StreamEncryption.KMS, encryptionKey: key } : { encryption: StreamEncryption.MANAGED };
}

/** Lets a service write to what `key` encrypts, on behalf of this account only (the confused deputy is kept out by `aws:SourceAccount`). */
export function allowServiceToEncrypt(key: IKey, service: string, account: string): void {
  const statement = new PolicyStatement({
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    principals: [new ServicePrincipal(service)],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': account } },
  });
  key.addToResourcePolicy(statement, true);
}

/** Lets CloudWatch Logs encrypt the log groups of this stack's account and region (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html). */
export function allowLogsToEncrypt(key: IKey, stack: Stack): void {
  const statement = new PolicyStatement({
    actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: '*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  });
  key.addToResourcePolicy(statement, true);
}
