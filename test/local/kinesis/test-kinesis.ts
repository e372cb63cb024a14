import type { GetRecordsOutput, PutRecordsRequestEntry, PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import { AwsError, Kernel } from '../../../local/kernel/index.ts';
import { type KinesisOptions, KinesisService } from '../../../local/services/kinesis/index.ts';

export const START = Date.UTC(2026, 0, 1);

export interface ReadRecord {
  readonly key: string;
  readonly data: string;
  readonly sequence: string;
  readonly at: number;
}

/** Kinesis on virtual time. */
export class TestKinesis {
  readonly kernel = new Kernel({ startAt: START });

  constructor(options: KinesisOptions = {}) {
    this.kernel.register(new KinesisService(this.kernel, options));
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as the SDK's commands do
  call<Output = any>(operation: string, input: object = {}): Output {
    return this.kernel.invoke({ service: 'kinesis', operation, input }) as Output;
  }

  errorOf(operation: string, input: object = {}): AwsError {
    try {
      this.call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
    throw new Error(`${operation} did not fail`);
  }

  /** Makes the stream `s`; returns its ARN. */
  stream(ShardCount = 1): string {
    this.call('CreateStream', { StreamName: 's', ShardCount });
    return this.call('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary.StreamARN;
  }

  put(key: string, data = ''): { ShardId: string; SequenceNumber: string } {
    return this.call('PutRecord', { StreamName: 's', PartitionKey: key, Data: new TextEncoder().encode(data) });
  }

  putAll(records: readonly PutRecordsRequestEntry[]): { FailedRecordCount: number; Records: PutRecordsResultEntry[] } {
    return this.call('PutRecords', { StreamName: 's', Records: records });
  }

  iterator(ShardId: string, input: object = { ShardIteratorType: 'TRIM_HORIZON' }): string {
    return this.call('GetShardIterator', { StreamName: 's', ShardId, ...input }).ShardIterator;
  }

  get(ShardIterator: string, Limit?: number): GetRecordsOutput {
    return this.call('GetRecords', { ShardIterator, Limit });
  }

  read(ShardId: string, input?: object): ReadRecord[] {
    return records(this.get(this.iterator(ShardId, input)));
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they need
  shards(input: object = {}): any[] {
    return this.call('ListShards', { StreamName: 's', ...input }).Shards;
  }
}

export function records({ Records }: GetRecordsOutput): ReadRecord[] {
  return (Records ?? []).map((record) => ({
    key: record.PartitionKey ?? '',
    data: new TextDecoder().decode(record.Data),
    sequence: record.SequenceNumber ?? '',
    at: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
  }));
}

export const shardId = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;
