import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Item, N, S, TestDynamoDb, unordered } from './test-dynamodb.ts';

/** Texts that would be confused if keys were put together without care. */
const TEXTS = ['a', 'a\0', 'a\0\u0001', 'ab', 'b', 'b\0b'];
const NUMBERS = ['-1', '0', '2', '10'];
const text = fc.constantFrom(...TEXTS);
const items = fc.array(
  fc.record({
    h1: text,
    h2: fc.constantFrom('x', 'y'),
    r1: fc.option(text, { nil: undefined }),
    r2: fc.constantFrom(...NUMBERS),
    r3: text,
  }),
  { maxLength: 30 },
);

function tableOf(values: typeof items extends fc.Arbitrary<infer V> ? V : never): TestDynamoDb {
  const dynamo = new TestDynamoDb();
  dynamo.createTable({
    AttributeDefinitions: ['h1', 'h2', 'r1', 'r2', 'r3'].map((AttributeName) => ({
      AttributeName,
      AttributeType: AttributeName === 'r2' ? 'N' : 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'several',
        KeySchema: [
          { AttributeName: 'h1', KeyType: 'HASH' },
          { AttributeName: 'h2', KeyType: 'HASH' },
          { AttributeName: 'r1', KeyType: 'RANGE' },
          { AttributeName: 'r2', KeyType: 'RANGE' },
          { AttributeName: 'r3', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  for (const [at, { h1, h2, r1, r2, r3 }] of values.entries()) {
    dynamo.put({ pk: S(String(at)), h1: S(h1), h2: S(h2), ...(r1 === undefined ? {} : { r1: S(r1) }), r2: N(r2), r3: S(r3) });
  }
  return dynamo;
}

const OPERATORS = ['=', '<', '<=', '>', '>=', 'BETWEEN', 'begins_with'] as const;

describe('an index with several key attributes', () => {
  it('finds what a filter would, ordered by one attribute after another, page by page', () => {
    fc.assert(
      fc.property(
        items,
        text,
        fc.tuple(text, fc.constantFrom(...NUMBERS), text, text),
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom(...OPERATORS),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        (values, h1, [v1, v2, v3, upper], conditions, operator, forward, limit) => {
          const dynamo = tableOf(values);
          const given: Item = { ':h1': S(h1), ':h2': S('x'), ':r1': S(v1), ':r2': N(v2), ':r3': S(v3) };
          const clauses = ['h1 = :h1', 'h2 = :h2'];
          for (let at = 1; at <= conditions; at += 1) {
            const name = `r${at}`;
            const usable = at === conditions && !(operator === 'begins_with' && at === 2);
            const numeric = at === 2;
            if (!usable || operator === '=') clauses.push(`${name} = :${name}`);
            else if (operator === 'begins_with') clauses.push(`begins_with(${name}, :${name})`);
            else if (operator === 'BETWEEN') {
              const bounds = numeric ? [v2, '10'] : [given[`:${name}`]?.S ?? '', upper].sort();
              given[`:${name}`] = numeric ? N(bounds[0] ?? '') : S(bounds[0] ?? '');
              given[':upper'] = numeric ? N(bounds[1] ?? '') : S(bounds[1] ?? '');
              clauses.push(`${name} BETWEEN :${name} AND :upper`);
            } else clauses.push(`${name} ${operator} :${name}`);
          }
          const expression = clauses.join(' AND ');
          const used = Object.fromEntries(Object.entries(given).filter(([name]) => expression.includes(name)));
          const found = dynamo.query({
            IndexName: 'several',
            KeyConditionExpression: expression,
            ExpressionAttributeValues: used,
            ScanIndexForward: forward,
            Limit: limit,
          });
          const expected = dynamo.scan({ FilterExpression: `${expression} AND attribute_exists(r1)`, ExpressionAttributeValues: used });
          expect(unordered(found)).toEqual(unordered(expected));
          const order = (a: Item, b: Item): number =>
            Buffer.compare(Buffer.from(a.r1?.S ?? ''), Buffer.from(b.r1?.S ?? '')) ||
            Number(a.r2?.N) - Number(b.r2?.N) ||
            Buffer.compare(Buffer.from(a.r3?.S ?? ''), Buffer.from(b.r3?.S ?? ''));
          for (const [at, one] of found.entries()) {
            const next = found[at + 1];
            if (next) expect(order(one, next) * (forward ? 1 : -1)).toBeLessThanOrEqual(0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('wants equalities up to the last condition', () => {
    const dynamo = tableOf([]);
    const query = (KeyConditionExpression: string) =>
      dynamo.refusal('Query', {
        TableName: 'things',
        IndexName: 'several',
        KeyConditionExpression,
        ExpressionAttributeValues: { ':v': S('a'), ':n': N(1) },
      }).message;
    expect(query('h1 = :v AND r1 = :v AND r2 = :n')).toBe('Query condition missed key schema element: h2');
    expect(query('h1 = :v AND h2 = :v AND r2 = :n')).toBe(
      'RANGE key attributes r1 must have equality conditions specified in the query because a condition is present on key attribute r2',
    );
    expect(query('h1 = :v AND h2 = :v AND r1 > :v AND r2 = :n')).toContain('RANGE key attributes r1 must have equality conditions');
  });
});
