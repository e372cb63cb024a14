import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, type Item, N, S, TestDynamoDb, unordered } from './test-dynamodb.ts';

/** Small domains, so that keys meet; numbers that doubles would confuse, texts whose order is not that of UTF-16. */
const HASHES = ['a', 'b', '\u{1F600}', ''];
const SORTS = ['0', '-1', '1', '10', '9007199254740992', '9007199254740993', '0.1', '-0.25'];
const TEXTS = ['x', 'xy', 'y', '\uFFFD', '\u{1F600}', 'é'];

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const item = fc
  .record({
    pk: fc.constantFrom('p', 'q', 'r'),
    sk: fc.constantFrom(...SORTS),
    group: maybe(fc.constantFrom(...HASHES.filter((text) => text !== ''))),
    rank: maybe(fc.constantFrom(...SORTS)),
    label: maybe(fc.constantFrom(...TEXTS)),
    extra: maybe(fc.nat(3)),
  })
  .map(
    ({ pk, sk, group, rank, label, extra }): Item => ({
      pk: S(pk),
      sk: N(sk),
      ...(group === undefined ? {} : { group: S(group) }),
      ...(rank === undefined ? {} : { rank: N(rank) }),
      ...(label === undefined ? {} : { label: S(label) }),
      ...(extra === undefined ? {} : { extra: N(extra) }),
    }),
  );

type Step = { readonly put: Item } | { readonly remove: Item } | { readonly touch: Item };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: item.map((put) => ({ put })) },
  { weight: 2, arbitrary: item.map(({ pk = S(''), sk = N(0) }) => ({ remove: { pk, sk } })) },
  { weight: 2, arbitrary: item.map((touch) => ({ touch })) },
);

function tableAfter(steps: readonly Step[]): TestDynamoDb {
  const dynamo = new TestDynamoDb();
  dynamo.createTable({
    sort: 'N',
    AttributeDefinitions: [
      { AttributeName: 'group', AttributeType: 'S' },
      { AttributeName: 'rank', AttributeType: 'N' },
      { AttributeName: 'label', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byGroup',
        KeySchema: [
          { AttributeName: 'group', KeyType: 'HASH' },
          { AttributeName: 'rank', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
      {
        IndexName: 'keysOnly',
        KeySchema: [{ AttributeName: 'group', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'byLabel',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'label', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  for (const one of steps) {
    if ('put' in one) dynamo.put(one.put);
    else if ('remove' in one) dynamo.call('DeleteItem', { TableName: 'things', Key: one.remove });
    else {
      const { pk = S(''), sk = N(0), rank } = one.touch;
      dynamo.call('UpdateItem', {
        TableName: 'things',
        Key: { pk, sk },
        UpdateExpression: rank ? 'SET #rank = :rank' : 'REMOVE #rank',
        ExpressionAttributeNames: { '#rank': 'rank' },
        ...(rank ? { ExpressionAttributeValues: { ':rank': rank } } : {}),
      });
    }
  }
  return dynamo;
}

/** Items by text: DynamoDB's order is that of UTF-8. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const RANK = new Map(SORTS.map((text) => [text, text.includes('.') ? BigInt(Number(text) * 100) : BigInt(text) * 100n]));
const byNumber = (a: string, b: string): number => Number((RANK.get(a) ?? 0n) - (RANK.get(b) ?? 0n));

describe('a table and its indexes', () => {
  it('hold what was put last, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const dynamo = tableAfter(steps);
        const model = new Map<string, Item>();
        for (const one of steps) {
          if ('put' in one) model.set(`${one.put.pk?.S}/${one.put.sk?.N}`, one.put);
          else if ('remove' in one) model.delete(`${one.remove.pk?.S}/${one.remove.sk?.N}`);
          else {
            const { pk = S(''), sk = N(0), rank } = one.touch;
            const { rank: _, ...rest } = model.get(`${pk.S}/${sk.N}`) ?? { pk, sk };
            model.set(`${pk.S}/${sk.N}`, rank ? { ...rest, rank } : rest);
          }
        }
        expect(unordered(dynamo.scan())).toEqual(unordered([...model.values()]));
        for (const expected of model.values()) {
          const { pk = S(''), sk = N(0) } = expected;
          expect(canonical(dynamo.get({ pk, sk }))).toBe(canonical(expected));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('answer a query of an index as a filter over a scan would, in the order of its key', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(...HASHES.filter((text) => text !== '')),
        fc.constantFrom(...SORTS),
        fc.constantFrom('=', '<', '<=', '>', '>='),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (steps, group, rank, operator, forward, limit) => {
          const dynamo = tableAfter(steps);
          const values = { ':group': S(group), ':rank': N(rank) };
          const names = { '#group': 'group', '#rank': 'rank' };
          const found = dynamo.query({
            IndexName: 'byGroup',
            KeyConditionExpression: `#group = :group AND #rank ${operator} :rank`,
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: values,
            ScanIndexForward: forward,
            Limit: limit,
          });
          const scanned = dynamo.scan({
            FilterExpression: `#group = :group AND #rank ${operator} :rank`,
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: values,
          });
          expect(unordered(found)).toEqual(unordered(scanned));
          const ranks = found.map((one) => one.rank?.N ?? '');
          expect(ranks).toEqual([...ranks].sort((a, b) => (forward ? byNumber(a, b) : byNumber(b, a))));
        },
      ),
      { numRuns: 120 },
    );
  });

  it('sort texts by their UTF-8 bytes, and find prefixes and ranges of them', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(...TEXTS), fc.integer({ min: 1, max: 3 }), (steps, label, limit) => {
        const dynamo = tableAfter(steps);
        const names = { '#label': 'label' };
        for (const condition of ['begins_with(#label, :label)', '#label >= :label', '#label < :label']) {
          const found = dynamo.query({
            IndexName: 'byLabel',
            KeyConditionExpression: `pk = :pk AND ${condition}`,
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: { ':pk': S('p'), ':label': S(label) },
            Limit: limit,
          });
          const scanned = dynamo.scan({
            FilterExpression: `pk = :pk AND ${condition}`,
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: { ':pk': S('p'), ':label': S(label) },
          });
          expect(unordered(found)).toEqual(unordered(scanned));
          const labels = found.map((one) => one.label?.S ?? '');
          expect(labels).toEqual([...labels].sort(byBytes));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are sparse, and show of an item what they project', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (steps, limit) => {
        const dynamo = tableAfter(steps);
        const expected = dynamo
          .scan()
          .filter((one) => one.group)
          .map(({ pk = S(''), sk = N(0), group = S('') }) => ({ pk, sk, group }));
        expect(unordered(dynamo.scan({ IndexName: 'keysOnly', Limit: limit }))).toEqual(unordered(expected));
      }),
      { numRuns: 60 },
    );
  });

  it('are scanned whole by segments, each item once', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        (steps, segments, limit) => {
          const dynamo = tableAfter(steps);
          const bySegment = Array.from({ length: segments }, (_, Segment) =>
            dynamo.scan({ Segment, TotalSegments: segments, Limit: limit }),
          );
          expect(unordered(bySegment.flat())).toEqual(unordered(dynamo.scan()));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('find after an index is added later what it would have found from the start', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const dynamo = tableAfter(steps);
        const before = unordered(dynamo.scan({ IndexName: 'byGroup' }));
        dynamo.call('UpdateTable', { TableName: 'things', GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byGroup' } }] });
        dynamo.call('UpdateTable', {
          TableName: 'things',
          AttributeDefinitions: [
            { AttributeName: 'group', AttributeType: 'S' },
            { AttributeName: 'rank', AttributeType: 'N' },
          ],
          GlobalSecondaryIndexUpdates: [
            {
              Create: {
                IndexName: 'byGroup',
                KeySchema: [
                  { AttributeName: 'group', KeyType: 'HASH' },
                  { AttributeName: 'rank', KeyType: 'RANGE' },
                ],
                Projection: { ProjectionType: 'ALL' },
              },
            },
          ],
        });
        expect(unordered(dynamo.scan({ IndexName: 'byGroup' }))).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });
});
