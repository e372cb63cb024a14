import type {
  DescribeStreamSummaryOutput,
  MetricsName,
  RegisterStreamConsumerOutput,
  StreamModeDetails,
  Tag,
} from '@aws-sdk/client-kinesis';
import { refuseUnknown, toNumber } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';

interface StreamProperties {
  readonly Name?: string;
  readonly ShardCount?: number | string;
  readonly StreamModeDetails?: StreamModeDetails;
  readonly RetentionPeriodHours?: number | string;
  readonly MaxRecordSizeInKiB?: number | string;
  readonly StreamEncryption?: { readonly EncryptionType: string; readonly KeyId: string };
  readonly DesiredShardLevelMetrics?: MetricsName[];
  readonly Tags?: Tag[];
}

const STREAM = [
  'Name',
  'ShardCount',
  'StreamModeDetails',
  'RetentionPeriodHours',
  'MaxRecordSizeInKiB',
  'StreamEncryption',
  'DesiredShardLevelMetrics',
  'WarmThroughputMiBps',
  'Tags',
];

const stream = resourceType<StreamProperties>((properties, request, cloud) => {
  refuseUnknown(properties, STREAM, request, cloud);
  const StreamName = properties.Name ?? request.physicalName(128);
  const { StreamModeDetails, StreamEncryption: encryption, DesiredShardLevelMetrics: metrics } = properties;
  const shards = toNumber(properties.ShardCount) ?? 1;
  const size = toNumber(properties.MaxRecordSizeInKiB);
  const hours = toNumber(properties.RetentionPeriodHours);
  cloud.invoke('kinesis', 'CreateStream', {
    StreamName,
    ...(StreamModeDetails ? { StreamModeDetails } : {}),
    ...(StreamModeDetails?.StreamMode === 'ON_DEMAND' ? {} : { ShardCount: shards }),
    ...(size === undefined ? {} : { MaxRecordSizeInKiB: size }),
    Tags: tagRecord(properties.Tags),
  });
  if (hours !== undefined) cloud.invoke('kinesis', 'IncreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: hours });
  if (encryption) cloud.invoke('kinesis', 'StartStreamEncryption', { StreamName, ...encryption });
  if (metrics) cloud.invoke('kinesis', 'EnableEnhancedMonitoring', { StreamName, ShardLevelMetrics: metrics });
  const summary = cloud.invoke<DescribeStreamSummaryOutput>('kinesis', 'DescribeStreamSummary', { StreamName });
  return { ref: StreamName, attributes: { Arn: summary.StreamDescriptionSummary?.StreamARN } };
});

interface StreamConsumerProperties {
  readonly StreamARN: string;
  readonly ConsumerName: string;
  readonly Tags?: Tag[];
}

const streamConsumer = resourceType<StreamConsumerProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['StreamARN', 'ConsumerName', 'Tags'], request, cloud);
  const { StreamARN, ConsumerName } = properties;
  const input = { StreamARN, ConsumerName, Tags: tagRecord(properties.Tags) };
  const { Consumer } = cloud.invoke<RegisterStreamConsumerOutput>('kinesis', 'RegisterStreamConsumer', input);
  const { ConsumerARN = '', ConsumerStatus, ConsumerCreationTimestamp } = Consumer ?? {};
  return {
    ref: ConsumerARN,
    attributes: {
      ConsumerARN,
      ConsumerName,
      ConsumerStatus,
      StreamARN,
      ConsumerCreationTimestamp: String(Math.floor((ConsumerCreationTimestamp?.getTime() ?? 0) / 1_000)),
    },
  };
});

interface ResourcePolicyProperties {
  readonly ResourceArn: string;
  readonly ResourcePolicy: object;
}

const resourcePolicy = resourceType<ResourcePolicyProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['ResourceArn', 'ResourcePolicy'], request, cloud);
  const { ResourceArn, ResourcePolicy } = properties;
  cloud.invoke('kinesis', 'PutResourcePolicy', { ResourceARN: ResourceArn, Policy: JSON.stringify(ResourcePolicy) });
  return { ref: ResourceArn };
});

function tagRecord(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

export const kinesisResources: ResourceTypes = {
  'AWS::Kinesis::Stream': stream,
  'AWS::Kinesis::StreamConsumer': streamConsumer,
  'AWS::Kinesis::ResourcePolicy': resourcePolicy,
};
