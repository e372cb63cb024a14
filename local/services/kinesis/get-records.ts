import type { ChildShard, GetRecordsInput, GetRecordsOutput, GetShardIteratorInput, GetShardIteratorOutput } from '@aws-sdk/client-kinesis';
import { AwsError, type CallContext } from '../../kernel/index.ts';
import { constraintError, invalidArgument, rateExceeded, THROUGHPUT_EXCEEDED } from './errors.ts';
import { readIterator, writeIterator } from './iterator.ts';
import { findShard, findStream, type KinesisScope, type Operations } from './scope.ts';
import { positionOf, sequenceNumber } from './sequence-number.ts';
import { expire, type Shard, type Stream } from './stream.ts';

const MOST_RECORDS = 10_000;
const MOST_BYTES = 10 * 1_048_576;

function getShardIterator(input: GetShardIteratorInput, scope: KinesisScope): GetShardIteratorOutput {
  const stream = findStream(scope, input);
  const now = scope.kernel.now();
  expire(stream, now);
  const shard = findShard(stream, input.ShardId);
  return { ShardIterator: writeIterator({ stream: stream.name, shardId: shard.id, position: start(input, shard, stream), issuedAt: now }) };
}

/** The position that an iterator begins at. */
function start(input: GetShardIteratorInput, shard: Shard, stream: Stream): number {
  switch (input.ShardIteratorType) {
    case 'TRIM_HORIZON':
      return shard.log.first;
    case 'LATEST':
      return shard.log.next;
    case 'AT_SEQUENCE_NUMBER':
      return startingPosition(input, shard, stream);
    case 'AFTER_SEQUENCE_NUMBER':
      return startingPosition(input, shard, stream) + 1;
    case 'AT_TIMESTAMP': {
      if (!input.Timestamp)
        throw invalidArgument(
          'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
        );
      return shard.log.since(input.Timestamp.getTime());
    }
    default:
      throw constraintError(
        input.ShardIteratorType,
        'shardIteratorType',
        'satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]',
      );
  }
}

function startingPosition(
  { StartingSequenceNumber: number, ShardIteratorType: type }: GetShardIteratorInput,
  shard: Shard,
  stream: Stream,
): number {
  if (number === undefined)
    throw invalidArgument(
      `Must either specify (1) ${type} and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber.`,
    );
  const position = positionOf(shard.space, number);
  if (position === undefined) {
    throw invalidArgument(
      `StartingSequenceNumber ${number} used in GetShardIterator on shard ${shard.id} in stream ${stream.name} is invalid because it did not come from this stream.`,
    );
  }
  return position;
}

function getRecords(input: GetRecordsInput, scope: KinesisScope, context: CallContext): GetRecordsOutput {
  const limit = input.Limit ?? MOST_RECORDS;
  if (limit < 1) throw constraintError(limit, 'limit', 'have value greater than or equal to 1');
  if (limit > MOST_RECORDS) throw constraintError(limit, 'limit', `have value less than or equal to ${MOST_RECORDS}`);
  const now = scope.kernel.now();
  const iterator = readIterator(input.ShardIterator, now);
  const stream = findStream(scope, { StreamName: iterator.stream });
  expire(stream, now);
  const shard = findShard(stream, iterator.shardId);
  // Lambda reads for its event source mappings at a pace of its own; here it reads as soon as there is something.
  const counted = scope.throttle && !context.sourceArn?.includes(':event-source-mapping:');
  if (counted && !shard.reads.take(now)) throw new AwsError(THROUGHPUT_EXCEEDED, rateExceeded(shard.id, stream.name));
  const encryption = stream.encryptionKey === undefined ? {} : { EncryptionType: 'KMS' as const };
  const records: NonNullable<GetRecordsOutput['Records']> = [];
  let position = Math.max(iterator.position, shard.log.first);
  let bytes = 0;
  while (records.length < limit && bytes < MOST_BYTES) {
    const record = shard.log.at(position);
    if (!record) break;
    if (bytes + record.data.length > MOST_BYTES && records.length > 0) break;
    bytes += record.data.length;
    records.push({
      SequenceNumber: sequenceNumber(shard.space, position),
      ApproximateArrivalTimestamp: new Date(record.arrivedAt),
      Data: record.data,
      PartitionKey: record.partitionKey,
      ...encryption,
    });
    position += 1;
  }
  if (counted) shard.reads.give(bytes);
  const behind = shard.log.arrivedAt(position);
  const answer = { Records: records, MillisBehindLatest: behind === undefined ? 0 : Math.max(0, now - behind) };
  if (shard.closedAt !== undefined && position >= shard.log.next) return { ...answer, ChildShards: childShards(stream, shard) };
  return { ...answer, NextShardIterator: writeIterator({ ...iterator, position, issuedAt: now }) };
}

/** The shards that took over from a closed one. */
function childShards(stream: Stream, { id }: Shard): ChildShard[] {
  return [...stream.shards.values()]
    .filter(({ parent, adjacentParent }) => parent === id || adjacentParent === id)
    .map((child) => ({
      ShardId: child.id,
      ParentShards: [child.parent, child.adjacentParent].filter((parent) => parent !== undefined),
      HashKeyRange: { StartingHashKey: String(child.range.start), EndingHashKey: String(child.range.end) },
    }));
}

export const getOperations = { GetShardIterator: getShardIterator, GetRecords: getRecords } satisfies Operations;
