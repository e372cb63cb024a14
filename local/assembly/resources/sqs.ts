import type { CreateQueueResult, GetQueueAttributesResult } from '@aws-sdk/client-sqs';
import { refuseUnknown } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';
import { type Tag, tagRecord } from './tags.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html */
interface QueueProperties {
  readonly QueueName?: string;
  readonly FifoQueue?: boolean | string;
  readonly Tags?: readonly Tag[];
  readonly [attribute: string]: unknown;
}

/** Properties that are queue attributes of the same name. */
const ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];

const queue = resourceType<QueueProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['QueueName', 'Tags', ...ATTRIBUTES], request, cloud);
  const fifo = String(properties.FifoQueue ?? false) === 'true';
  const QueueName = properties.QueueName ?? request.physicalName(80, fifo ? '.fifo' : '');
  const Attributes: Record<string, string> = {};
  for (const name of ATTRIBUTES) {
    const value = properties[name];
    // On a standard queue a flag of FIFO queues that says no is as good as absent.
    if (value === undefined || (!fifo && (name === 'FifoQueue' || name === 'ContentBasedDeduplication') && String(value) === 'false'))
      continue;
    Attributes[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  const { QueueUrl } = cloud.invoke<CreateQueueResult>('sqs', 'CreateQueue', { QueueName, Attributes, tags: tagRecord(properties.Tags) });
  const { Attributes: made } = cloud.invoke<GetQueueAttributesResult>('sqs', 'GetQueueAttributes', {
    QueueUrl,
    AttributeNames: ['QueueArn'],
  });
  return { ref: QueueUrl ?? '', attributes: { Arn: made?.QueueArn, QueueName, QueueUrl } };
});

interface QueuePolicyProperties {
  readonly PolicyDocument: object;
  readonly Queues?: readonly string[];
  /** Of the inline kind, which belongs to one queue. */
  readonly Queue?: string;
}

/** Sets the policy of queues. A queue has one: the policy set last is the queue's. */
const queuePolicy = resourceType<QueuePolicyProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['PolicyDocument', 'Queues', 'Queue'], request, cloud);
  for (const QueueUrl of properties.Queues ?? [properties.Queue]) {
    cloud.invoke('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy: JSON.stringify(properties.PolicyDocument) } });
  }
  const name = request.physicalName(128);
  return { ref: name, attributes: { Id: name } };
});

export const sqsResources: ResourceTypes = {
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::SQS::QueueInlinePolicy': queuePolicy,
};
