import type {
  CreateStreamInput,
  DeleteStreamInput,
  DescribeStreamInput,
  DescribeStreamOutput,
  DescribeStreamSummaryInput,
  DescribeStreamSummaryOutput,
  ListShardsInput,
  ListShardsOutput,
  ListStreamsInput,
  ListStreamsOutput,
} from '@aws-sdk/client-kinesis';
import { ACCOUNT, AwsError, arn } from '../../kernel/index.ts';
import { constraintError, validationError } from './errors.ts';
import { evenRanges } from './hash-key.ts';
import { findStream, type KinesisScope, type Operations } from './scope.ts';
import { describeShard, expire, openShard, openShards, type Shard, type Stream } from './stream.ts';

/** What on-demand streams begin with. */
const ON_DEMAND_SHARDS = 4;

function createStream(input: CreateStreamInput, { streams, kernel }: KinesisScope): object {
  const name = input.StreamName ?? '';
  if (!/^[a-zA-Z0-9_.-]{1,128}$/.test(name))
    throw constraintError(input.StreamName, 'streamName', 'satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
  if (streams.has(name)) throw new AwsError('ResourceInUseException', `Stream ${name} under account ${ACCOUNT} already exists.`);
  const mode = input.StreamModeDetails?.StreamMode ?? 'PROVISIONED';
  const count = mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : input.ShardCount;
  if (mode === 'ON_DEMAND' && input.ShardCount !== undefined)
    throw validationError('ShardCount must not be set for a stream in ON_DEMAND mode.');
  if (count === undefined || count < 1) throw constraintError(count, 'shardCount', 'have value greater than or equal to 1');
  const now = kernel.now();
  const stream: Stream = {
    name,
    arn: arn('kinesis', `stream/${name}`),
    createdAt: new Date(now),
    mode,
    retentionHours: 24,
    maxRecordKiB: input.MaxRecordSizeInKiB ?? 1_024,
    encryptionKey: undefined,
    metrics: [],
    policy: undefined,
    statements: [],
    tags: new Map(Object.entries(input.Tags ?? {})),
    consumers: new Map(),
    shards: new Map(),
    shardCount: 0,
    generation: 0,
    routes: new Map(),
  };
  for (const range of evenRanges(count)) openShard(stream, range, now);
  streams.set(name, stream);
  return {};
}

function deleteStream(input: DeleteStreamInput, scope: KinesisScope): object {
  const stream = findStream(scope, input);
  if (stream.consumers.size > 0 && !input.EnforceConsumerDeletion) {
    throw new AwsError(
      'ResourceInUseException',
      `Stream ${stream.name} under account ${ACCOUNT} has registered consumers; deregister them or set EnforceConsumerDeletion.`,
    );
  }
  scope.streams.delete(stream.name);
  return {};
}

function common(stream: Stream) {
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    StreamStatus: 'ACTIVE' as const,
    StreamModeDetails: { StreamMode: stream.mode },
    RetentionPeriodHours: stream.retentionHours,
    StreamCreationTimestamp: stream.createdAt,
    EnhancedMonitoring: [{ ShardLevelMetrics: stream.metrics }],
    ...(stream.encryptionKey === undefined
      ? { EncryptionType: 'NONE' as const }
      : { EncryptionType: 'KMS' as const, KeyId: stream.encryptionKey }),
  };
}

function describeStream(input: DescribeStreamInput, scope: KinesisScope): DescribeStreamOutput {
  const stream = findStream(scope, input);
  expire(stream, scope.kernel.now());
  const { shards, more } = shardsAfter([...stream.shards.values()], input.ExclusiveStartShardId, input.Limit ?? 100);
  return { StreamDescription: { ...common(stream), Shards: shards.map(describeShard), HasMoreShards: more } };
}

function describeStreamSummary(input: DescribeStreamSummaryInput, scope: KinesisScope): DescribeStreamSummaryOutput {
  const stream = findStream(scope, input);
  return {
    StreamDescriptionSummary: {
      ...common(stream),
      OpenShardCount: openShards(stream).length,
      ConsumerCount: stream.consumers.size,
      MaxRecordSizeInKiB: stream.maxRecordKiB,
    },
  };
}

function listStreams(input: ListStreamsInput, { streams }: KinesisScope): ListStreamsOutput {
  const after = input.ExclusiveStartStreamName ?? input.NextToken ?? '';
  const names = [...streams.keys()].sort().filter((name) => name > after);
  const found = names.slice(0, input.Limit ?? 100);
  const last = found.at(-1);
  const more = found.length < names.length;
  return {
    StreamNames: found,
    HasMoreStreams: more,
    ...(more && last !== undefined ? { NextToken: last } : {}),
    StreamSummaries: found.flatMap((name) => {
      const stream = streams.get(name);
      if (!stream) return [];
      const { StreamName, StreamARN, StreamStatus, StreamModeDetails, StreamCreationTimestamp } = common(stream);
      return [{ StreamName, StreamARN, StreamStatus, StreamModeDetails, StreamCreationTimestamp }];
    }),
  };
}

function shardsAfter(shards: readonly Shard[], after: string | undefined, limit: number): { shards: Shard[]; more: boolean } {
  const left = after === undefined ? shards : shards.filter(({ id }) => id > after);
  return { shards: left.slice(0, limit), more: left.length > limit };
}

function listShards(input: ListShardsInput, scope: KinesisScope): ListShardsOutput {
  // A token names the stream and the last shard that was listed.
  const [tokenStream, tokenShard] = input.NextToken?.split(' ') ?? [];
  const stream = findStream(scope, tokenStream === undefined ? input : { StreamName: tokenStream });
  expire(stream, scope.kernel.now());
  const wanted = [...stream.shards.values()].filter((shard) => passes(shard, input.ShardFilter, scope.kernel.now()));
  const { shards, more } = shardsAfter(wanted, tokenShard ?? input.ExclusiveStartShardId, input.MaxResults ?? 1_000);
  const last = shards.at(-1);
  return { Shards: shards.map(describeShard), ...(more && last ? { NextToken: `${stream.name} ${last.id}` } : {}) };
}

function passes(shard: Shard, filter: ListShardsInput['ShardFilter'], now: number): boolean {
  const openAt = (time: number): boolean => shard.openedAt <= time && (shard.closedAt === undefined || shard.closedAt > time);
  switch (filter?.Type) {
    case undefined:
    case 'FROM_TRIM_HORIZON':
      return true;
    case 'AFTER_SHARD_ID':
      return shard.id > (filter.ShardId ?? '');
    case 'AT_LATEST':
      return shard.closedAt === undefined;
    case 'AT_TRIM_HORIZON':
      // The oldest shards that are left: those without a parent among them.
      return shard.space.generation === 0 || openAt(0);
    case 'AT_TIMESTAMP':
      return openAt(filter.Timestamp?.getTime() ?? now);
    case 'FROM_TIMESTAMP':
      return shard.closedAt === undefined || shard.closedAt >= (filter.Timestamp?.getTime() ?? now);
    default:
      throw constraintError(filter?.Type, 'shardFilter.type', 'satisfy enum value set');
  }
}

export const streamOperations = {
  CreateStream: createStream,
  DeleteStream: deleteStream,
  DescribeStream: describeStream,
  DescribeStreamSummary: describeStreamSummary,
  ListStreams: listStreams,
  ListShards: listShards,
} satisfies Operations;
