import type {
  PutRecordInput,
  PutRecordOutput,
  PutRecordsInput,
  PutRecordsOutput,
  PutRecordsRequestEntry,
  PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis';
import { AwsError } from '../../kernel/index.ts';
import { constraintError, invalidArgument, rateExceeded, THROUGHPUT_EXCEEDED, validationError } from './errors.ts';
import { parseHashKey } from './hash-key.ts';
import { findStream, type KinesisScope, type Operations } from './scope.ts';
import { sequenceNumber } from './sequence-number.ts';
import { type Shard, type Stream, shardForHash, shardForKey } from './stream.ts';

const MOST_RECORDS = 500;
/** All records of a request, with their partition keys. */
const MOST_BYTES = 10 * 1_048_576;

/** A record that passed the checks of the request. */
interface CheckedRecord {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  readonly bytes: number;
  readonly shard: Shard;
}

function check(record: PutRecordsRequestEntry, stream: Stream, at: string): CheckedRecord {
  const { Data: data, PartitionKey: partitionKey, ExplicitHashKey: explicit } = record;
  if (!data) throw constraintError(undefined, `${at}data`, 'not be null');
  if (!partitionKey) throw constraintError(partitionKey, `${at}partitionKey`, 'have length greater than or equal to 1');
  if (partitionKey.length > 256) throw constraintError(partitionKey, `${at}partitionKey`, 'have length less than or equal to 256');
  const bytes = data.length + Buffer.byteLength(partitionKey);
  const most = stream.maxRecordKiB * 1_024;
  if (bytes > most) {
    const shown = `java.nio.HeapByteBuffer[pos=0 lim=${data.length} cap=${data.length}]`;
    throw constraintError(shown, `${at}data`, `have length less than or equal to ${most}`);
  }
  if (explicit === undefined) return { data, partitionKey, bytes, shard: shardForKey(stream, partitionKey) };
  const key = parseHashKey(explicit);
  if (key === undefined)
    throw invalidArgument(`Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${explicit}`);
  return { data, partitionKey, bytes, shard: shardForHash(stream, key) };
}

/** Writes a record unless its shard has had enough for this second. */
function write(
  { data, partitionKey, bytes, shard }: CheckedRecord,
  stream: Stream,
  { kernel, throttle }: KinesisScope,
): PutRecordsResultEntry {
  const now = kernel.now();
  if (throttle && !shard.writes.take(bytes, now)) {
    return { ErrorCode: THROUGHPUT_EXCEEDED, ErrorMessage: rateExceeded(shard.id, stream.name) };
  }
  shard.log.expire(now - stream.retentionHours * 3_600_000);
  const position = shard.log.append(data, partitionKey, now);
  return { SequenceNumber: sequenceNumber(shard.space, position), ShardId: shard.id };
}

function encryption(stream: Stream): { EncryptionType?: 'KMS' } {
  return stream.encryptionKey === undefined ? {} : { EncryptionType: 'KMS' };
}

function putRecord(input: PutRecordInput, scope: KinesisScope): PutRecordOutput {
  const stream = findStream(scope, input);
  const { SequenceNumber, ShardId, ErrorCode, ErrorMessage } = write(check(input, stream, ''), stream, scope);
  if (ErrorCode !== undefined) throw new AwsError(ErrorCode, ErrorMessage ?? '');
  scope.kernel.signal(stream.arn);
  return { ShardId, SequenceNumber, ...encryption(stream) };
}

/** Each record has a result of its own; those that a shard refuses do not stop those after them. */
function putRecords(input: PutRecordsInput, scope: KinesisScope): PutRecordsOutput {
  const stream = findStream(scope, input);
  const records = input.Records ?? [];
  if (records.length === 0) throw constraintError('[]', 'records', 'have length greater than or equal to 1');
  if (records.length > MOST_RECORDS)
    throw constraintError(`[${records.length} records]`, 'records', `have length less than or equal to ${MOST_RECORDS}`);
  const checked = records.map((record, index) => check(record, stream, `records.${index + 1}.member.`));
  const bytes = checked.reduce((sum, record) => sum + record.bytes, 0);
  if (bytes > MOST_BYTES) throw validationError(`Records size exceeds ${MOST_BYTES / 1_048_576} MB limit`);
  const results = checked.map((record) => write(record, stream, scope));
  const failed = results.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
  if (failed < results.length) scope.kernel.signal(stream.arn);
  return { FailedRecordCount: failed, Records: results, ...encryption(stream) };
}

export const putOperations = { PutRecord: putRecord, PutRecords: putRecords } satisfies Operations;
