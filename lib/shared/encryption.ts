import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { StreamEncryption } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { allowBy } from './resource-policy.ts';

/** Props of every construct that stores data. */
export interface EncryptionProps {
  /**
   * Customer-managed key for everything that the construct stores. The construct grants it to the services that write there, without which
   * messages and alarms would vanish. An imported key cannot be granted: then a warning names the statement that its policy needs.
   * @default keys that the services manage
   */
  readonly encryptionKey?: IKey;
}

/** The key of some props, to hand on. */
export function keyOf(props: EncryptionProps): EncryptionProps {
  return props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey };
}

/**
 * What a stack shares is made by whoever asks first, under the key that it has.
 * @throws Error when somebody asks for it under another key afterwards
 */
export function checkSharedKey(scope: IConstruct, shared: IConstruct, has: IKey | undefined, wanted: EncryptionProps): void {
  const { encryptionKey: key } = wanted;
  if (key === undefined || key === has || key.keyArn === has?.keyArn) return;
  throw new Error(
    `${scope.node.path}: it shares ${shared.node.path}, which was made before ${has ? 'under another key' : 'without a customer-managed key'}. ` +
      'Give every construct of the stack the same encryptionKey, or this one a table or bucket of its own.',
  );
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

/**
 * Lets somebody read and write what `key` encrypts. What the CDK grants for this (`grantEncryptDecrypt`) names actions by wildcards.
 */
export function grantKey(key: IKey | undefined, grantee: IGrantable): void {
  key?.grant(
    grantee,
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  );
}

/** Whether AWS manages a key (`alias/aws/sns`, …). Its policy is fixed: other services cannot be let use it. */
export function managedByAws(key: IKey | undefined): boolean {
  return key !== undefined && /\balias\/aws\//.test(key.keyArn);
}

/** Lets a service write to what `key` encrypts, on behalf of this account only (the confused deputy is kept out by `aws:SourceAccount`). */
export function allowServiceToEncrypt(key: IKey, service: string, account: string): void {
  const statement = new PolicyStatement({
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    principals: [new ServicePrincipal(service)],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': account } },
  });
  allowBy(key, statement);
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
  allowBy(key, statement);
}

/**
 * Lets EventBridge encrypt a bus and its archives (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html).
 * @param busArn made of the bus's name: a reference would make bus and key need each other
 */
export function allowBusToEncrypt(key: IKey, busArn: string): void {
  const principals = [new ServicePrincipal('events.amazonaws.com')];
  allowBy(key, new PolicyStatement({ actions: ['kms:DescribeKey'], principals, resources: ['*'] }));
  allowBy(
    key,
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncrypt*'],
      principals,
      resources: ['*'],
      conditions: { StringEquals: { 'kms:EncryptionContext:aws:events:event-bus:arn': busArn } },
    }),
  );
}
