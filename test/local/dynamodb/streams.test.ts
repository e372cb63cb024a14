import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, type Item, N, refused, S, TestDynamoDb, unordered } from './test-dynamodb.ts';

const HOUR = 3_600_000;

function streamed(StreamViewType: 'NEW_AND_OLD_IMAGES' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'KEYS_ONLY' = 'NEW_AND_OLD_IMAGES'): TestDynamoDb {
  const dynamo = new TestDynamoDb();
  dynamo.createTable({ StreamSpecification: { StreamEnabled: true, StreamViewType } });
  return dynamo;
}

/** The state that a reader of the stream arrives at. */
function replay(records: readonly _Record[]): Item[] {
  const state = new Map<string, Item>();
  for (const { eventName, dynamodb } of records) {
    const key = canonical(dynamodb?.Keys);
    const known = state.get(key);
    expect(canonical(known)).toBe(canonical(dynamodb?.OldImage));
    expect(eventName).toBe(dynamodb?.NewImage ? (known ? 'MODIFY' : 'INSERT') : 'REMOVE');
    if (dynamodb?.NewImage) state.set(key, dynamodb.NewImage);
    else state.delete(key);
  }
  return [...state.values()];
}

const step = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  kind: fc.constantFrom('put', 'update', 'delete', 'transaction'),
  n: fc.nat(2),
});

describe('a stream', () => {
  it('replays to the state of its table, shard by shard, whatever was done', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const dynamo = streamed();
        for (const { key, kind, n } of steps) {
          const Key = { pk: S(key) };
          if (kind === 'put') dynamo.put({ ...Key, n: N(n) });
          else if (kind === 'delete') dynamo.call('DeleteItem', { TableName: 'things', Key });
          else {
            const update = {
              TableName: 'things',
              Key,
              UpdateExpression: 'SET n = :n',
              ExpressionAttributeValues: { ':n': N(n) },
            };
            if (kind === 'update') dynamo.call('UpdateItem', update);
            else
              dynamo.call('TransactWriteItems', {
                TransactItems: [{ Update: update }, { Delete: { TableName: 'things', Key: { pk: S('e2') } } }],
              });
          }
        }
        const shards = dynamo.recordsByShard();
        expect(unordered(shards.flatMap(replay))).toEqual(unordered(dynamo.scan()));
        for (const records of shards) {
          const sequence = records.map(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? 0));
          expect(sequence).toEqual([...sequence].sort((a, b) => (a < b ? -1 : 1)));
        }
        const ids = shards.flat().map(({ eventID }) => eventID);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 100 },
    );
  });

  it('has all changes of an item in one shard, and several shards on demand', () => {
    const dynamo = streamed();
    for (let i = 0; i < 200; i += 1) dynamo.put({ pk: S(String(i % 50)), n: N(i) });
    const shards = dynamo.recordsByShard();
    expect(shards).toHaveLength(4);
    expect(shards.every((records) => records.length > 0)).toBe(true);
    const home = new Map<string, number>();
    for (const [shard, records] of shards.entries()) {
      for (const { dynamodb } of records) {
        const key = dynamodb?.Keys?.pk?.S ?? '';
        expect(home.get(key) ?? shard).toBe(shard);
        home.set(key, shard);
      }
    }
  });

  it('has no record of a write that changes nothing', () => {
    const dynamo = streamed();
    const item = { pk: S('a'), set: { SS: ['x', 'y'] }, n: N('1') };
    dynamo.put(item);
    dynamo.put({ ...item, set: { SS: ['y', 'x'] }, n: N('1.0') });
    dynamo.call('UpdateItem', { TableName: 'things', Key: { pk: S('a') }, UpdateExpression: 'SET n = n REMOVE nope' });
    dynamo.call('DeleteItem', { TableName: 'things', Key: { pk: S('b') } });
    expect(dynamo.records().map(({ eventName }) => eventName)).toEqual(['INSERT']);
  });

  it.each([
    ['KEYS_ONLY', false, false],
    ['NEW_IMAGE', false, true],
    ['OLD_IMAGE', true, false],
    ['NEW_AND_OLD_IMAGES', true, true],
  ] as const)('shows with %s the old image: %s, the new one: %s', (view, old, fresh) => {
    const dynamo = streamed(view);
    dynamo.put({ pk: S('a'), n: N(1) });
    dynamo.put({ pk: S('a'), n: N(2) });
    const [, record] = dynamo.records();
    expect(record).toMatchObject({ eventName: 'MODIFY', eventSource: 'aws:dynamodb', eventVersion: '1.1', awsRegion: 'us-east-1' });
    expect(record?.dynamodb?.Keys).toEqual({ pk: S('a') });
    expect(record?.dynamodb?.OldImage).toEqual(old ? { pk: S('a'), n: N(1) } : undefined);
    expect(record?.dynamodb?.NewImage).toEqual(fresh ? { pk: S('a'), n: N(2) } : undefined);
    expect(record?.dynamodb?.StreamViewType).toBe(view);
    expect(record?.dynamodb?.SizeBytes).toBe(3 + (old ? 6 : 0) + (fresh ? 6 : 0));
    expect(record?.dynamodb?.ApproximateCreationDateTime).toEqual(new Date(dynamo.kernel.now()));
  });

  it('forgets a record after 24 hours, whoever has not read it by then', async () => {
    const dynamo = streamed();
    dynamo.put({ pk: S('a'), n: N(1) });
    await dynamo.kernel.advance(23 * HOUR);
    dynamo.put({ pk: S('a'), n: N(2) });
    expect(dynamo.records()).toHaveLength(2);
    await dynamo.kernel.advance(HOUR + 1);
    expect(dynamo.records().map(({ dynamodb }) => dynamodb?.NewImage?.n)).toEqual([N(2)]);
    await dynamo.kernel.advance(30 * HOUR);
    expect(dynamo.records()).toEqual([]);
    expect(dynamo.get({ pk: S('a') })).toEqual({ pk: S('a'), n: N(2) });
  });

  it('refuses to go on from before what it still has, and iterators older than 15 minutes', async () => {
    const dynamo = new TestDynamoDb({ streamShards: 1 });
    dynamo.createTable({ StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } });
    dynamo.put({ pk: S('a') });
    const StreamArn = dynamo.streamArn;
    const ShardId = dynamo.stream('DescribeStream', { StreamArn }).StreamDescription?.Shards?.[0]?.ShardId ?? '';
    const SequenceNumber = dynamo.records()[0]?.dynamodb?.SequenceNumber ?? '';
    const from = (ShardIteratorType: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER' | 'LATEST') =>
      dynamo.stream('GetShardIterator', {
        StreamArn,
        ShardId,
        ShardIteratorType,
        ...(ShardIteratorType === 'LATEST' ? {} : { SequenceNumber }),
      }).ShardIterator;
    const read = (ShardIterator: string | undefined) => dynamo.stream('GetRecords', { ShardIterator });
    expect(read(from('AT_SEQUENCE_NUMBER')).Records).toHaveLength(1);
    expect(read(from('AFTER_SEQUENCE_NUMBER')).Records).toEqual([]);
    const latest = from('LATEST');
    dynamo.put({ pk: S('b') });
    const page = read(latest);
    expect(page.Records?.map(({ dynamodb }) => dynamodb?.Keys)).toEqual([{ pk: S('b') }]);
    await dynamo.kernel.advance(15 * 60_000 + 1);
    expect(refused(() => read(page.NextShardIterator)).code).toBe('ExpiredIteratorException');
    await dynamo.kernel.advance(24 * HOUR);
    dynamo.put({ pk: S('c') });
    expect(refused(() => from('AT_SEQUENCE_NUMBER')).code).toBe('TrimmedDataAccessException');
  });

  it('tells its ARN to whoever listens, once a write', () => {
    const dynamo = streamed();
    let told = 0;
    dynamo.kernel.onSignal(dynamo.streamArn, () => {
      told += 1;
    });
    dynamo.put({ pk: S('a') });
    expect(told).toBe(1);
    dynamo.call('TransactWriteItems', {
      TransactItems: [{ Put: { TableName: 'things', Item: { pk: S('b') } } }, { Put: { TableName: 'things', Item: { pk: S('c') } } }],
    });
    expect(told).toBe(2);
    dynamo.get({ pk: S('a') });
    dynamo.put({ pk: S('a') });
    expect(told).toBe(2);
  });

  it('ends when it is disabled, can be read for 24 hours more, and another has another ARN', async () => {
    const dynamo = streamed();
    dynamo.put({ pk: S('a') });
    const first = dynamo.streamArn;
    const set = (StreamSpecification: { StreamEnabled: boolean; StreamViewType?: 'KEYS_ONLY' }) =>
      dynamo.call('UpdateTable', { TableName: 'things', StreamSpecification });
    set({ StreamEnabled: false });
    dynamo.put({ pk: S('b') });
    set({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' });
    dynamo.put({ pk: S('c') });
    const second = dynamo.streamArn;
    expect(second).not.toBe(first);
    expect(dynamo.records(first).map(({ dynamodb }) => dynamodb?.Keys)).toEqual([{ pk: S('a') }]);
    expect(dynamo.records(second).map(({ dynamodb }) => dynamodb?.Keys)).toEqual([{ pk: S('c') }]);
    expect(dynamo.stream('DescribeStream', { StreamArn: first }).StreamDescription?.StreamStatus).toBe('DISABLED');
    expect(dynamo.stream('ListStreams', { TableName: 'things' }).Streams).toHaveLength(2);
    await dynamo.kernel.advance(24 * HOUR + 1);
    expect(refused(() => dynamo.stream('DescribeStream', { StreamArn: first })).code).toBe('ResourceNotFoundException');
    expect(dynamo.stream('ListStreams', {}).Streams?.map(({ StreamArn }) => StreamArn)).toEqual([second]);
  });
});

describe('time to live', () => {
  const enable = (dynamo: TestDynamoDb) =>
    dynamo.call('UpdateTimeToLive', { TableName: 'things', TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } });
  const inSeconds = (dynamo: TestDynamoDb, seconds: number) => N(Math.floor(dynamo.kernel.now() / 1000) + seconds);

  it('deletes items that have expired, and its stream says who did it', async () => {
    const dynamo = streamed();
    dynamo.put({ pk: S('old'), expires: inSeconds(dynamo, 60) });
    enable(dynamo);
    dynamo.put({ pk: S('new'), expires: inSeconds(dynamo, 120) });
    dynamo.put({ pk: S('text'), expires: S('soon') });
    dynamo.put({ pk: S('ancient'), expires: N(1) });
    dynamo.put({ pk: S('moved'), expires: inSeconds(dynamo, 30) });
    dynamo.put({ pk: S('moved'), expires: inSeconds(dynamo, 500) });
    await dynamo.kernel.advance(61_000);
    expect(
      dynamo
        .scan()
        .map(({ pk }) => pk?.S)
        .sort(),
    ).toEqual(['ancient', 'moved', 'new', 'text']);
    await dynamo.kernel.advance(60_000);
    expect(
      dynamo
        .scan()
        .map(({ pk }) => pk?.S)
        .sort(),
    ).toEqual(['ancient', 'moved', 'text']);
    const removals = dynamo.records().filter(({ eventName }) => eventName === 'REMOVE');
    expect(removals.map(({ userIdentity }) => userIdentity)).toEqual([
      { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
      { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    ]);
    expect(removals[0]?.dynamodb?.OldImage?.pk).toEqual(S('old'));
  });

  it('keeps nobody waiting, and deletes later if it is told to', async () => {
    const dynamo = new TestDynamoDb({ expiryDelayMs: 10 * 60_000 });
    dynamo.createTable();
    enable(dynamo);
    dynamo.put({ pk: S('a'), expires: inSeconds(dynamo, 60) });
    await dynamo.kernel.settle();
    expect(dynamo.scan()).toHaveLength(1);
    await dynamo.kernel.advance(5 * 60_000);
    expect(dynamo.scan()).toHaveLength(1);
    await dynamo.kernel.advance(6 * 60_000);
    expect(dynamo.scan()).toEqual([]);
  });

  it('can be switched off, and is then over', async () => {
    const dynamo = streamed();
    enable(dynamo);
    dynamo.put({ pk: S('a'), expires: inSeconds(dynamo, 60) });
    expect(dynamo.call('DescribeTimeToLive', { TableName: 'things' }).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expires',
    });
    dynamo.call('UpdateTimeToLive', { TableName: 'things', TimeToLiveSpecification: { AttributeName: 'expires', Enabled: false } });
    await dynamo.kernel.advance(120_000);
    expect(dynamo.scan()).toHaveLength(1);
  });
});
