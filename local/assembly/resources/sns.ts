import type { CreateTopicResponse, SubscribeResponse } from '@aws-sdk/client-sns';
import { pick, refuseUnknown } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';
import type { Tag } from './tags.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html */
interface TopicProperties {
  readonly TopicName?: string;
  readonly DisplayName?: string;
  readonly FifoTopic?: boolean | string;
  readonly ContentBasedDeduplication?: boolean | string;
  readonly FifoThroughputScope?: string;
  readonly KmsMasterKeyId?: string;
  readonly SignatureVersion?: string;
  readonly TracingConfig?: string;
  readonly ArchivePolicy?: object;
  readonly DataProtectionPolicy?: object;
  readonly DeliveryStatusLogging?: readonly DeliveryStatusLogging[];
  readonly MaximumMessageSize?: number | string;
  readonly Subscription?: readonly { readonly Protocol: string; readonly Endpoint: string }[];
  readonly Tags?: readonly Tag[];
}

interface DeliveryStatusLogging {
  readonly Protocol: string;
  readonly SuccessFeedbackRoleArn?: string;
  readonly SuccessFeedbackSampleRate?: string;
  readonly FailureFeedbackRoleArn?: string;
}

const TOPIC = [
  'ArchivePolicy',
  'ContentBasedDeduplication',
  'DataProtectionPolicy',
  'DeliveryStatusLogging',
  'DisplayName',
  'FifoThroughputScope',
  'FifoTopic',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'SignatureVersion',
  'Subscription',
  'Tags',
  'TopicName',
  'TracingConfig',
];

const topic = resourceType<TopicProperties>((properties, request, cloud) => {
  refuseUnknown(properties, TOPIC, request, cloud);
  const fifo = String(properties.FifoTopic ?? false) === 'true';
  const Name = properties.TopicName ?? request.physicalName(256, fifo ? '.fifo' : '');
  const set = pick(
    properties,
    'DisplayName',
    'KmsMasterKeyId',
    'SignatureVersion',
    'TracingConfig',
    'MaximumMessageSize',
    'DataProtectionPolicy',
    ...(fifo ? (['FifoTopic', 'ContentBasedDeduplication', 'FifoThroughputScope', 'ArchivePolicy'] as const) : []),
  );
  const Attributes = { ...texts(set), ...feedbackAttributes(properties.DeliveryStatusLogging ?? []) };
  const { TopicArn } = cloud.invoke<CreateTopicResponse>('sns', 'CreateTopic', { Name, Attributes, Tags: properties.Tags });
  for (const { Protocol, Endpoint } of properties.Subscription ?? []) cloud.invoke('sns', 'Subscribe', { TopicArn, Protocol, Endpoint });
  return { ref: TopicArn ?? '', attributes: { TopicArn, TopicName: Name } };
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html */
interface SubscriptionProperties {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint?: string;
  readonly FilterPolicy?: object;
  readonly FilterPolicyScope?: string;
  readonly RawMessageDelivery?: boolean | string;
  readonly RedrivePolicy?: object;
  readonly DeliveryPolicy?: object;
  readonly SubscriptionRoleArn?: string;
  /** Of the topic: there is one here. */
  readonly Region?: string;
}

const SUBSCRIPTION = [
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'DeliveryPolicy',
  'SubscriptionRoleArn',
] as const;

const subscription = resourceType<SubscriptionProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['TopicArn', 'Protocol', 'Endpoint', 'Region', ...SUBSCRIPTION], request, cloud);
  const { TopicArn, Protocol, Endpoint } = properties;
  const Attributes = texts(pick(properties, ...SUBSCRIPTION));
  const { SubscriptionArn } = cloud.invoke<SubscribeResponse>('sns', 'Subscribe', { TopicArn, Protocol, Endpoint, Attributes });
  return { ref: SubscriptionArn ?? '', attributes: { Arn: SubscriptionArn } };
});

interface TopicPolicyProperties {
  readonly PolicyDocument: object;
  readonly Topics?: readonly string[];
  /** Of the inline kind, which belongs to one topic. */
  readonly TopicArn?: string;
}

/** Sets the policy of topics. A topic has one: the policy set last is the topic's. */
const topicPolicy = resourceType<TopicPolicyProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['PolicyDocument', 'Topics', 'TopicArn'], request, cloud);
  const AttributeValue = JSON.stringify(properties.PolicyDocument);
  for (const TopicArn of properties.Topics ?? [properties.TopicArn]) {
    cloud.invoke('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
  }
  const name = request.physicalName(128);
  return { ref: name, attributes: { Id: name } };
});

function texts(values: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

const FEEDBACK: Readonly<Record<string, string>> = {
  'http/s': 'HTTP',
  sqs: 'SQS',
  lambda: 'Lambda',
  firehose: 'Firehose',
  application: 'Application',
};

function feedbackAttributes(logging: readonly DeliveryStatusLogging[]): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const { Protocol, ...settings } of logging) {
    for (const [name, value] of Object.entries(settings)) attributes[`${FEEDBACK[Protocol] ?? Protocol}${name}`] = String(value);
  }
  return attributes;
}

export const snsResources: ResourceTypes = {
  'AWS::SNS::Topic': topic,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::TopicPolicy': topicPolicy,
  'AWS::SNS::TopicInlinePolicy': topicPolicy,
};
