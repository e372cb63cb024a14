import type { DescribeStreamOutput, GetRecordsOutput as GetChangesOutput } from '@aws-sdk/client-dynamodb-streams';
import type { DescribeStreamSummaryOutput, GetRecordsOutput, ListShardsOutput } from '@aws-sdk/client-kinesis';
import type { ServiceCall } from '../../../kernel/index.ts';
import type { RecordFilter } from './filter.ts';
import type { Mapping } from './source.ts';
import { changeRecord, kinesisRecord, type StreamRecord } from './stream-records.ts';

export interface ShardDescription {
  readonly id: string;
  readonly parents: readonly string[];
}

/** Where reading a shard begins or goes on. */
export type ShardPosition =
  | { readonly at: 'TRIM_HORIZON' }
  | { readonly at: 'AT_TIMESTAMP'; readonly time: number }
  | { readonly at: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

export interface ReadResult {
  readonly records: readonly StreamRecord[];
  /** How many records were read, those that were filtered out included. */
  readonly read: number;
  readonly last: string | undefined;
  /** Undefined when the shard has ended. */
  readonly next: string | undefined;
  readonly caughtUp: boolean;
}

type Call = Omit<ServiceCall, 'principal'>;

/** What reading a stream takes, the same for both kinds: requests to make, and how to read their answers. */
export interface StreamClient {
  shards(after: string | undefined): Call;
  shardsFrom(output: object): { readonly shards: ShardDescription[]; readonly next: string | undefined };
  iterator(shardId: string, position: ShardPosition): Call;
  read(iterator: string, limit: number): Call;
  readFrom(output: object, shardId: string, limit: number, role: string, filter: RecordFilter | undefined): ReadResult;
  /** Tells how long records are kept. */
  retention(): Call | undefined;
  retentionFrom(output: object): number;
  readonly mostRecords: number;
  readonly batchInfoName: 'KinesisBatchInfo' | 'DDBStreamBatchInfo';
}

export const DAY_MS = 86_400_000;

export function streamClient(mapping: Mapping): StreamClient {
  return mapping.settings.kind === 'kinesis' ? kinesisClient(mapping) : changesClient(mapping);
}

/** Consumers with enhanced fan-out have an ARN below that of their stream. */
export function streamArnOf(sourceArn: string): string {
  return sourceArn.replace(/\/consumer\/.*$/, '');
}

function kinesisClient({ sourceArn }: Mapping): StreamClient {
  const StreamARN = streamArnOf(sourceArn);
  const call = (operation: string, input: object): Call => ({ service: 'kinesis', operation, input });
  return {
    mostRecords: 10_000,
    batchInfoName: 'KinesisBatchInfo',
    shards: (after) => call('ListShards', after === undefined ? { StreamARN } : { NextToken: after }),
    shardsFrom(output) {
      const { Shards: shards = [], NextToken: next } = output as ListShardsOutput;
      return {
        next,
        shards: shards.map((shard) => ({
          id: shard.ShardId ?? '',
          parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((parent) => parent !== undefined),
        })),
      };
    },
    iterator: (ShardId, position) =>
      call('GetShardIterator', {
        StreamARN,
        ShardId,
        ShardIteratorType: position.at,
        ...('sequenceNumber' in position ? { StartingSequenceNumber: position.sequenceNumber } : {}),
        ...('time' in position ? { Timestamp: new Date(position.time) } : {}),
      }),
    read: (ShardIterator, Limit) => call('GetRecords', { StreamARN, ShardIterator, Limit }),
    readFrom(output, shardId, limit, role, filter) {
      const { Records: found = [], NextShardIterator: next, MillisBehindLatest: behind = 0 } = output as GetRecordsOutput;
      const records: StreamRecord[] = [];
      for (const each of found) {
        const view = kinesisRecord(each, shardId, sourceArn, role);
        if (!filter || filter(view.filterable())) records.push(view.record);
      }
      return {
        records,
        read: found.length,
        last: found.at(-1)?.SequenceNumber,
        next: next ?? undefined,
        caughtUp: behind === 0 && found.length < limit,
      };
    },
    retention: () => call('DescribeStreamSummary', { StreamARN }),
    retentionFrom: (output) => ((output as DescribeStreamSummaryOutput).StreamDescriptionSummary?.RetentionPeriodHours ?? 24) * 3_600_000,
  };
}

function changesClient({ sourceArn }: Mapping): StreamClient {
  const call = (operation: string, input: object): Call => ({ service: 'dynamodbstreams', operation, input });
  return {
    mostRecords: 1_000,
    batchInfoName: 'DDBStreamBatchInfo',
    shards: (after) => call('DescribeStream', { StreamArn: sourceArn, ...(after === undefined ? {} : { ExclusiveStartShardId: after }) }),
    shardsFrom(output) {
      const description = (output as DescribeStreamOutput).StreamDescription;
      return {
        next: description?.LastEvaluatedShardId,
        shards: (description?.Shards ?? []).map((shard) => ({
          id: shard.ShardId ?? '',
          parents: shard.ParentShardId === undefined ? [] : [shard.ParentShardId],
        })),
      };
    },
    iterator: (ShardId, position) =>
      call('GetShardIterator', {
        StreamArn: sourceArn,
        ShardId,
        ShardIteratorType: position.at,
        ...('sequenceNumber' in position ? { SequenceNumber: position.sequenceNumber } : {}),
      }),
    read: (ShardIterator, Limit) => call('GetRecords', { ShardIterator, Limit }),
    readFrom(output, _shardId, limit, _role, filter) {
      const { Records: found = [], NextShardIterator: next } = output as GetChangesOutput;
      const records: StreamRecord[] = [];
      for (const each of found) {
        const view = changeRecord(each, sourceArn);
        if (!filter || filter(view.filterable())) records.push(view.record);
      }
      return {
        records,
        read: found.length,
        last: found.at(-1)?.dynamodb?.SequenceNumber,
        next: next ?? undefined,
        caughtUp: found.length < limit,
      };
    },
    retention: () => undefined,
    retentionFrom: () => DAY_MS,
  };
}
