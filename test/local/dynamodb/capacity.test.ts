import { beforeEach, describe, expect, it } from 'vitest';
import { N, S, TestDynamoDb } from './test-dynamodb.ts';

const TableName = 'things';
/** An attribute that brings an item of `{pk: 1 byte}` to so many bytes. */
const filler = (bytes: number) => ({ f: S('x'.repeat(bytes - 'pk'.length - 1 - 'f'.length)) });

describe('capacity', () => {
  let dynamo: TestDynamoDb;
  beforeEach(() => {
    dynamo = new TestDynamoDb();
    dynamo.createTable({
      AttributeDefinitions: [{ AttributeName: 'g', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [
        { IndexName: 'all', KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
        { IndexName: 'keys', KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    });
  });
  const put = (item: Parameters<TestDynamoDb['put']>[0]) =>
    dynamo.call('PutItem', { TableName, Item: item, ReturnConsumedCapacity: 'INDEXES' }).ConsumedCapacity;
  const KEY = { pk: S('a') };

  it('of a write is one unit a kilobyte, of the larger of the item before and after', () => {
    expect(put({ ...KEY, ...filler(1024) })).toEqual({ TableName, CapacityUnits: 1, Table: { CapacityUnits: 1 } });
    expect(put({ ...KEY, ...filler(1025) })?.CapacityUnits).toBe(2);
    expect(put({ ...KEY, ...filler(5000) })?.CapacityUnits).toBe(5);
    expect(put(KEY)?.CapacityUnits).toBe(5);
    expect(dynamo.call('DeleteItem', { TableName, Key: KEY, ReturnConsumedCapacity: 'TOTAL' }).ConsumedCapacity).toEqual({
      TableName,
      CapacityUnits: 1,
    });
  });

  it('of a read is one unit for four kilobytes, half if it may be stale, one or a half for nothing', () => {
    dynamo.put({ ...KEY, ...filler(4097) });
    const read = (ConsistentRead: boolean, pk = 'a') =>
      dynamo.call('GetItem', { TableName, Key: { pk: S(pk) }, ConsistentRead, ReturnConsumedCapacity: 'TOTAL' }).ConsumedCapacity
        ?.CapacityUnits;
    expect([read(true), read(false), read(true, 'none'), read(false, 'none')]).toEqual([2, 1, 1, 0.5]);
    const scan = dynamo.call('Scan', { TableName, FilterExpression: 'attribute_exists(nope)', ReturnConsumedCapacity: 'INDEXES' });
    expect(scan).toMatchObject({ Count: 0, ScannedCount: 1, ConsumedCapacity: { CapacityUnits: 1, Table: { CapacityUnits: 1 } } });
  });

  it('of a query is that of the sum of the sizes, not the sum of each', () => {
    const dynamo2 = new TestDynamoDb();
    dynamo2.createTable({ sort: 'N' });
    for (let i = 0; i < 12; i += 1) dynamo2.put({ pk: S('a'), sk: N(i), f: S('x'.repeat(400)) });
    const { ConsumedCapacity } = dynamo2.call('Query', {
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': S('a') },
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(ConsumedCapacity?.CapacityUnits).toBe(2);
  });

  it('of an index is taken only by what changes in it', () => {
    const indexes = (consumed: ReturnType<typeof put>) =>
      Object.fromEntries(Object.entries(consumed?.GlobalSecondaryIndexes ?? {}).map(([name, { CapacityUnits }]) => [name, CapacityUnits]));
    expect(indexes(put({ ...KEY, n: N(1) }))).toEqual({});
    expect(indexes(put({ ...KEY, n: N(1), g: S('x') }))).toEqual({ all: 1, keys: 1 });
    expect(indexes(put({ ...KEY, n: N(1), g: S('x') }))).toEqual({});
    expect(indexes(put({ ...KEY, n: N(2), g: S('x') }))).toEqual({ all: 1 });
    expect(indexes(put({ ...KEY, n: N(2), g: S('y') }))).toEqual({ all: 2, keys: 2 });
    expect(indexes(put({ ...KEY, n: N(2) }))).toEqual({ all: 1, keys: 1 });
    const large = put({ ...KEY, g: S('y'), ...filler(3000) });
    expect(large).toMatchObject({ CapacityUnits: 7, Table: { CapacityUnits: 3 } });
    expect(indexes(large)).toEqual({ all: 3, keys: 1 });
  });

  it('of a transaction is twice that of the table, reads or writes', () => {
    const write = dynamo.call('TransactWriteItems', {
      TransactItems: [{ Put: { TableName, Item: { ...KEY, g: S('x') } } }, { Put: { TableName, Item: { pk: S('b') } } }],
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(write.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 6, WriteCapacityUnits: 6 }]);
    const read = dynamo.call('TransactGetItems', { TransactItems: [{ Get: { TableName, Key: KEY } }], ReturnConsumedCapacity: 'TOTAL' });
    expect(read.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
  });

  it('is counted for a table whether or not anyone asks, and for refused writes, too', () => {
    dynamo.put({ ...KEY, g: S('x') });
    dynamo.get(KEY);
    dynamo.refusal('PutItem', { TableName, Item: KEY, ConditionExpression: 'attribute_not_exists(pk)' });
    expect(dynamo.service.consumed(TableName)).toEqual({ write: 4, read: 1 });
  });
});

describe('a page', () => {
  it('ends after a megabyte, however little the filter leaves of it', () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable({ sort: 'N' });
    for (let i = 0; i < 30; i += 1) dynamo.put({ pk: S('a'), sk: N(i), f: S('x'.repeat(100_000)) });
    const query = {
      TableName,
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: 'attribute_exists(nope)',
      ExpressionAttributeValues: { ':pk': S('a') },
    };
    const page = dynamo.call('Query', query);
    expect(page).toMatchObject({ Count: 0, ScannedCount: 11, LastEvaluatedKey: { pk: S('a'), sk: N(10) } });
    const { ScannedCount } = dynamo.call('Query', { ...query, ExclusiveStartKey: page.LastEvaluatedKey });
    expect(ScannedCount).toBe(11);
  });
});
