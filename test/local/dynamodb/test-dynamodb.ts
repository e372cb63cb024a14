import type {
  AttributeValue,
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  CreateTableCommandInput,
  CreateTableCommandOutput,
  DeleteItemCommandInput,
  DeleteItemCommandOutput,
  DeleteTableCommandInput,
  DeleteTableCommandOutput,
  DescribeContinuousBackupsCommandInput,
  DescribeContinuousBackupsCommandOutput,
  DescribeTableCommandInput,
  DescribeTableCommandOutput,
  DescribeTimeToLiveCommandInput,
  DescribeTimeToLiveCommandOutput,
  GetItemCommandInput,
  GetItemCommandOutput,
  ListTagsOfResourceCommandInput,
  ListTagsOfResourceCommandOutput,
  PutItemCommandInput,
  PutItemCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
  TransactGetItemsCommandInput,
  TransactGetItemsCommandOutput,
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
  UpdateTableCommandInput,
  UpdateTableCommandOutput,
  UpdateTimeToLiveCommandInput,
  UpdateTimeToLiveCommandOutput,
} from '@aws-sdk/client-dynamodb';
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
import { AwsError, Kernel } from '../../../local/kernel/index.ts';
import { DynamoDb, type DynamoOptions } from '../../../local/services/dynamodb/index.ts';

export type Item = Record<string, AttributeValue>;

interface Operations {
  BatchGetItem: [BatchGetItemCommandInput, BatchGetItemCommandOutput];
  BatchWriteItem: [BatchWriteItemCommandInput, BatchWriteItemCommandOutput];
  CreateTable: [CreateTableCommandInput, CreateTableCommandOutput];
  DeleteItem: [DeleteItemCommandInput, DeleteItemCommandOutput];
  DeleteTable: [DeleteTableCommandInput, DeleteTableCommandOutput];
  DescribeContinuousBackups: [DescribeContinuousBackupsCommandInput, DescribeContinuousBackupsCommandOutput];
  DescribeTable: [DescribeTableCommandInput, DescribeTableCommandOutput];
  DescribeTimeToLive: [DescribeTimeToLiveCommandInput, DescribeTimeToLiveCommandOutput];
  GetItem: [GetItemCommandInput, GetItemCommandOutput];
  ListTagsOfResource: [ListTagsOfResourceCommandInput, ListTagsOfResourceCommandOutput];
  PutItem: [PutItemCommandInput, PutItemCommandOutput];
  Query: [QueryCommandInput, QueryCommandOutput];
  Scan: [ScanCommandInput, ScanCommandOutput];
  TransactGetItems: [TransactGetItemsCommandInput, TransactGetItemsCommandOutput];
  TransactWriteItems: [TransactWriteItemsCommandInput, TransactWriteItemsCommandOutput];
  UpdateItem: [UpdateItemCommandInput, UpdateItemCommandOutput];
  UpdateTable: [UpdateTableCommandInput, UpdateTableCommandOutput];
  UpdateTimeToLive: [UpdateTimeToLiveCommandInput, UpdateTimeToLiveCommandOutput];
}

interface StreamOperations {
  DescribeStream: [DescribeStreamCommandInput, DescribeStreamCommandOutput];
  GetRecords: [GetRecordsCommandInput, GetRecordsCommandOutput];
  GetShardIterator: [GetShardIteratorCommandInput, GetShardIteratorCommandOutput];
  ListStreams: [ListStreamsCommandInput, ListStreamsCommandOutput];
}

/** DynamoDB on a virtual clock, called without a client between. */
export class TestDynamoDb {
  readonly kernel = new Kernel();
  readonly service: DynamoDb;

  constructor(options: DynamoOptions = {}) {
    this.service = new DynamoDb(this.kernel, options);
    this.kernel.register(this.service);
    this.kernel.register(this.service.streams);
  }

  call<Name extends keyof Operations>(operation: Name, input: Operations[Name][0]): Operations[Name][1] {
    return this.service.invoke(operation, input) as Operations[Name][1];
  }

  stream<Name extends keyof StreamOperations>(operation: Name, input: StreamOperations[Name][0]): StreamOperations[Name][1] {
    return this.service.streams.invoke(operation, input) as StreamOperations[Name][1];
  }

  /** What a call is refused with. */
  refusal<Name extends keyof Operations>(operation: Name, input: Operations[Name][0]): AwsError {
    return refused(() => this.call(operation, input));
  }

  /** A table `things` with a partition key `pk`, a sort key `sk` if wanted, both strings unless said otherwise. */
  createTable(
    options: { sort?: 'S' | 'N' | 'B'; hash?: 'S' | 'N' | 'B' } & Partial<CreateTableCommandInput> = {},
  ): CreateTableCommandOutput {
    const { sort, hash = 'S', AttributeDefinitions = [], ...rest } = options;
    return this.call('CreateTable', {
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, ...(sort ? [{ AttributeName: 'sk', KeyType: 'RANGE' as const }] : [])],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: hash },
        ...(sort ? [{ AttributeName: 'sk', AttributeType: sort }] : []),
        ...AttributeDefinitions,
      ],
      ...rest,
    });
  }

  put(item: Item): void {
    this.call('PutItem', { TableName: 'things', Item: item });
  }

  get(key: Item): Item | undefined {
    return this.call('GetItem', { TableName: 'things', Key: key, ConsistentRead: true }).Item;
  }

  /** All items, page by page. */
  scan(input: Partial<ScanCommandInput> = {}): Item[] {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = this.call('Scan', { TableName: 'things', ...input, ...(start ? { ExclusiveStartKey: start } : {}) });
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  }

  query(input: Partial<QueryCommandInput>): Item[] {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = this.call('Query', { TableName: 'things', ...input, ...(start ? { ExclusiveStartKey: start } : {}) });
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  }

  /** ARN of the stream that table `things` has, or had last. */
  get streamArn(): string {
    return this.call('DescribeTable', { TableName: 'things' }).Table?.LatestStreamArn ?? '';
  }

  /** Everything a stream still has, shard by shard. */
  recordsByShard(streamArn = this.streamArn): _Record[][] {
    const { StreamDescription } = this.stream('DescribeStream', { StreamArn: streamArn });
    return (StreamDescription?.Shards ?? []).map(({ ShardId }) => {
      const { ShardIterator } = this.stream('GetShardIterator', { StreamArn: streamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
      const records: _Record[] = [];
      let iterator = ShardIterator;
      while (iterator) {
        const page = this.stream('GetRecords', { ShardIterator: iterator });
        records.push(...(page.Records ?? []));
        iterator = page.Records?.length ? page.NextShardIterator : undefined;
      }
      return records;
    });
  }

  /** The same in the order in which the changes were made. */
  records(streamArn = this.streamArn): _Record[] {
    return this.recordsByShard(streamArn)
      .flat()
      .sort((a, b) => ((a.dynamodb?.SequenceNumber ?? '') < (b.dynamodb?.SequenceNumber ?? '') ? -1 : 1));
  }
}

export function refused(call: () => unknown): AwsError {
  try {
    call();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('The call was not refused.');
}

/** Items in an order of their own, so that two lists can be compared as sets. */
export function unordered(items: readonly Item[]): string[] {
  return items.map(canonical).sort();
}

/** An item as text, its members sorted. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner) && !(inner instanceof Uint8Array)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export const S = (text: string): AttributeValue => ({ S: text });
export const N = (number: number | string): AttributeValue => ({ N: String(number) });
