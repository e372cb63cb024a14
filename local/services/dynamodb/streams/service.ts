import type {
  _Record,
  DescribeStreamCommandInput,
  DescribeStreamCommandOutput,
  GetRecordsCommandInput,
  GetRecordsCommandOutput,
  GetShardIteratorCommandInput,
  GetShardIteratorCommandOutput,
  ListStreamsCommandInput,
  ListStreamsCommandOutput,
} from '@aws-sdk/client-dynamodb-streams';
import { AwsError, type CallContext, REGION, type Service } from '../../../kernel/index.ts';
import type { Database } from '../database.ts';
import { resourceNotFound, validation } from '../errors.ts';
import { Constraints } from '../operations/constraints.ts';
import { describeKeys } from '../operations/describe.ts';
import type { Output } from '../operations/output.ts';
import { copyItem } from '../values/attribute-value.ts';
import { type ChangeRecord, type ChangeStream, type Shard, sequenceNumber } from './change-stream.ts';
import { decodeIterator, encodeIterator } from './iterator.ts';

const MAX_RECORDS = 1000;
const MAX_BYTES = 1_048_576;
const MAX_LISTED = 100;

/** DynamoDB Streams: the changes of tables, for 24 hours. */
export class DynamoDbStreams implements Service {
  readonly name = 'dynamodbstreams';
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  invoke(operation: string, input: object, _context?: CallContext): object {
    switch (operation) {
      case 'ListStreams':
        return this.#listStreams(input);
      case 'DescribeStream':
        return this.#describeStream(input as DescribeStreamCommandInput);
      case 'GetShardIterator':
        return this.#getShardIterator(input as GetShardIteratorCommandInput);
      case 'GetRecords':
        return this.#getRecords(input as GetRecordsCommandInput);
      default:
        throw new AwsError('UnknownOperationException', `DynamoDB Streams has no operation '${operation}' in the local cloud.`);
    }
  }

  #listStreams({ TableName, Limit, ExclusiveStartStreamArn }: ListStreamsCommandInput): Output<ListStreamsCommandOutput> {
    new Constraints().atLeast(Limit, 'limit', 1).atMost(Limit, 'limit', MAX_LISTED).check();
    this.#forgetOldStreams();
    const all = [...this.#database.streams.values()]
      .filter(
        ({ options, arn }) =>
          (TableName === undefined || options.tableName === TableName) && (!ExclusiveStartStreamArn || arn > ExclusiveStartStreamArn),
      )
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
    const page = all.slice(0, Limit ?? MAX_LISTED);
    const last = page[page.length - 1];
    return {
      Streams: page.map(({ arn, options }) => ({ StreamArn: arn, TableName: options.tableName, StreamLabel: options.label })),
      ...(last && page.length < all.length ? { LastEvaluatedStreamArn: last.arn } : {}),
    };
  }

  #describeStream({ StreamArn, Limit, ExclusiveStartShardId }: DescribeStreamCommandInput): Output<DescribeStreamCommandOutput> {
    new Constraints().required(StreamArn, 'streamArn').atLeast(Limit, 'limit', 1).atMost(Limit, 'limit', MAX_LISTED).check();
    const stream = this.#stream(StreamArn);
    const { options } = stream;
    const rest = stream.shards.slice(ExclusiveStartShardId ? stream.shards.findIndex(({ id }) => id === ExclusiveStartShardId) + 1 : 0);
    const page = rest.slice(0, Limit ?? MAX_LISTED);
    const last = page[page.length - 1];
    return {
      StreamDescription: {
        StreamArn: stream.arn,
        StreamLabel: options.label,
        StreamStatus: stream.enabled ? 'ENABLED' : 'DISABLED',
        StreamViewType: options.view,
        CreationRequestDateTime: new Date(options.createdAt),
        TableName: options.tableName,
        KeySchema: describeKeys(options.keys),
        Shards: page.map(({ id, start, end }) => ({
          ShardId: id,
          SequenceNumberRange: { StartingSequenceNumber: start, ...(end === undefined ? {} : { EndingSequenceNumber: end }) },
        })),
        ...(last && page.length < rest.length ? { LastEvaluatedShardId: last.id } : {}),
      },
    };
  }

  #getShardIterator(input: GetShardIteratorCommandInput): Output<GetShardIteratorCommandOutput> {
    const { StreamArn, ShardId, ShardIteratorType, SequenceNumber } = input;
    new Constraints()
      .required(StreamArn, 'streamArn')
      .required(ShardId, 'shardId')
      .required(ShardIteratorType, 'shardIteratorType')
      .oneOf(ShardIteratorType, 'shardIteratorType', ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'])
      .check();
    const stream = this.#stream(StreamArn);
    const shard = this.#shard(stream, ShardId);
    const issuedAt = this.#database.kernel.now();
    shard.trim(issuedAt);
    const after = startOf(stream, shard, ShardIteratorType, SequenceNumber);
    return { ShardIterator: encodeIterator({ streamArn: stream.arn, shardId: shard.id, after, issuedAt }) };
  }

  #getRecords({ ShardIterator, Limit }: GetRecordsCommandInput): Output<GetRecordsCommandOutput> {
    new Constraints().required(ShardIterator, 'shardIterator').atLeast(Limit, 'limit', 1).atMost(Limit, 'limit', MAX_RECORDS).check();
    const now = this.#database.kernel.now();
    const { streamArn, shardId, after } = decodeIterator(ShardIterator, now);
    const stream = this.#stream(streamArn);
    const shard = this.#shard(stream, shardId);
    shard.trim(now);
    requireNotTrimmed(shard, after);
    const records = shard.after(after, Limit ?? MAX_RECORDS, MAX_BYTES);
    const reached = records[records.length - 1]?.sequence ?? after;
    const next = encodeIterator({ streamArn, shardId, after: reached, issuedAt: now });
    const ended = shard.end !== undefined && shard.after(reached, 1, MAX_BYTES).length === 0;
    return { Records: records.map((record) => shown(record, stream)), ...(ended ? {} : { NextShardIterator: next }) };
  }

  #stream(arn: string | undefined): ChangeStream {
    this.#forgetOldStreams();
    const stream = this.#database.streams.get(arn ?? '');
    if (!stream) throw resourceNotFound(`Requested resource not found: Stream: ${arn} not found`);
    return stream;
  }

  #shard(stream: ChangeStream, id: string | undefined): Shard {
    const shard = stream.shards.find((one) => one.id === id);
    if (!shard) throw resourceNotFound(`Requested resource not found: Shard does not exist: ${id}`);
    return shard;
  }

  /** A disabled stream can be read for 24 hours more. */
  #forgetOldStreams(): void {
    const now = this.#database.kernel.now();
    for (const [arn, { goneAt }] of this.#database.streams) {
      if (goneAt !== undefined && goneAt < now) this.#database.streams.delete(arn);
    }
  }
}

function startOf(stream: ChangeStream, shard: Shard, type: string | undefined, sequence: string | undefined): string {
  if (type === 'TRIM_HORIZON') return shard.horizon;
  if (type === 'LATEST') return stream.lastSequence;
  if (sequence === undefined) throw validation(`SequenceNumber is required for ShardIteratorType ${type}`);
  const after = type === 'AFTER_SEQUENCE_NUMBER' ? sequence : sequenceNumber(Number(sequence.slice(1)) - 1);
  requireNotTrimmed(shard, after);
  return after;
}

function requireNotTrimmed(shard: Shard, after: string): void {
  if (after >= shard.horizon) return;
  throw new AwsError(
    'TrimmedDataAccessException',
    'The operation attempted to read past the oldest stream record in a shard: what it asks for is older than 24 hours.',
  );
}

function shown({ at, name, keys, before, after, sequence, size, expired }: ChangeRecord, { options }: ChangeStream): _Record {
  return {
    eventID: `${options.id}${Number(sequence.slice(1)).toString(16).padStart(16, '0')}`,
    eventName: name,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: new Date(Math.floor(at / 1000) * 1000),
      Keys: copyItem(keys),
      ...(after ? { NewImage: copyItem(after) } : {}),
      ...(before ? { OldImage: copyItem(before) } : {}),
      SequenceNumber: sequence,
      SizeBytes: size,
      StreamViewType: options.view,
    },
    ...(expired ? { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } } : {}),
  };
}
