import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transactionConflict } from '../../../local/services/dynamodb/index.ts';
import { N, S, TestDynamoDb, unordered } from './test-dynamodb.ts';

const TableName = 'things';
const KEYS = ['a', 'b', 'c', 'd'];

/** An action on the item of a key; `hard` ones are refused unless the item is as they expect. */
const action = fc.record({
  kind: fc.constantFrom('put', 'update', 'delete', 'check'),
  guard: fc.constantFrom('none', 'exists', 'absent', 'small'),
  wrong: fc.boolean(),
  amount: fc.integer({ min: -3, max: 3 }),
});
const transaction = fc.tuple(
  fc.shuffledSubarray(KEYS, { minLength: 1 }),
  fc.array(action, { minLength: KEYS.length, maxLength: KEYS.length }),
);
type Transaction = typeof transaction extends fc.Arbitrary<infer Value> ? Value : never;

const GUARDS = { exists: 'attribute_exists(pk)', absent: 'attribute_not_exists(pk)', small: 'amount < :limit' };

function actionsOf([keys, actions]: Transaction): TransactWriteItem[] {
  return keys.flatMap((key, at): TransactWriteItem[] => {
    const { kind, guard, amount, wrong } = actions[at] ?? {};
    const condition = guard === undefined || guard === 'none' ? undefined : GUARDS[guard as keyof typeof GUARDS];
    const guarded = condition ? { ConditionExpression: condition } : {};
    const limit = guard === 'small' ? { ':limit': N(2) } : {};
    const values = (more: object) =>
      Object.keys({ ...limit, ...more }).length > 0 ? { ExpressionAttributeValues: { ...limit, ...more } } : {};
    const Key = { pk: S(key) };
    if (kind === 'put') {
      // A key of the wrong type is the item's fault, found when the transaction runs.
      return [
        { Put: { TableName, Item: { pk: wrong && amount === 3 ? N(1) : S(key), amount: N(amount ?? 0) }, ...guarded, ...values({}) } },
      ];
    }
    if (kind === 'update') {
      const UpdateExpression = wrong ? 'SET amount = amount + :more' : 'ADD amount :more';
      return [{ Update: { TableName, Key, UpdateExpression, ...guarded, ...values({ ':more': N(amount ?? 0) }) } }];
    }
    if (kind === 'delete') return [{ Delete: { TableName, Key, ...guarded, ...values({}) } }];
    return [{ ConditionCheck: { TableName, Key, ConditionExpression: condition ?? GUARDS.exists, ...values({}) } }];
  });
}

/** The same action by itself; `undefined` when it succeeds. */
function alone(dynamo: TestDynamoDb, { Put, Update, Delete, ConditionCheck }: TransactWriteItem): string | undefined {
  try {
    if (Put) dynamo.call('PutItem', Put as Parameters<typeof dynamo.call<'PutItem'>>[1]);
    if (Update) dynamo.call('UpdateItem', Update as Parameters<typeof dynamo.call<'UpdateItem'>>[1]);
    if (Delete) dynamo.call('DeleteItem', Delete as Parameters<typeof dynamo.call<'DeleteItem'>>[1]);
    if (ConditionCheck) {
      const { Key, ...condition } = ConditionCheck;
      const { Item } = dynamo.call('GetItem', { TableName, Key });
      // A check is a write that changes nothing.
      if (Item) dynamo.call('PutItem', { ...condition, TableName, Item });
      else {
        dynamo.call('DeleteItem', { ...condition, TableName, Key });
      }
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

describe('a transaction', () => {
  it('does all of its writes, as one after the other would, or none of them', () => {
    fc.assert(
      fc.property(fc.array(transaction, { minLength: 1, maxLength: 12 }), (transactions) => {
        const dynamo = new TestDynamoDb();
        dynamo.createTable({ StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } });
        for (const one of transactions) {
          const actions = actionsOf(one);
          const before = dynamo.scan();
          const records = dynamo.records().length;
          // What each action would do on this state, judged by single writes in a copy of the table.
          const copy = new TestDynamoDb();
          copy.createTable();
          for (const item of before) copy.put(item);
          const failures = actions.map((action) => alone(copy, action));
          if (failures.every((failure) => failure === undefined)) {
            dynamo.call('TransactWriteItems', { TransactItems: actions });
            expect(unordered(dynamo.scan())).toEqual(unordered(copy.scan()));
          } else {
            const refusal = dynamo.refusal('TransactWriteItems', { TransactItems: actions });
            expect(refusal.code).toBe('TransactionCanceledException');
            const codes = (refusal.details.CancellationReasons as { Code: string }[]).map(({ Code }) => Code);
            const expected = { ConditionalCheckFailedException: 'ConditionalCheckFailed', ValidationException: 'ValidationError' };
            expect(codes).toEqual(failures.map((failure) => (failure ? expected[failure as keyof typeof expected] : 'None')));
            expect(unordered(dynamo.scan())).toEqual(unordered(before));
            expect(dynamo.records()).toHaveLength(records);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('says in its message and reasons which action was refused, and shows the item if asked to', () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable();
    dynamo.put({ pk: S('a'), n: N(1) });
    const refusal = dynamo.refusal('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName, Item: { pk: S('b') } } },
        {
          Delete: {
            TableName,
            Key: { pk: S('a') },
            ConditionExpression: 'n = :two',
            ExpressionAttributeValues: { ':two': N(2) },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ],
    });
    expect(refusal.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
    );
    expect(refusal.details).toEqual({
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { pk: S('a'), n: N(1) } },
      ],
    });
  });

  it('is done once under one token, for ten minutes, and refuses another request under it', async () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable();
    const add = (amount: number) => ({
      ClientRequestToken: 'token',
      TransactItems: [
        {
          Update: {
            TableName,
            Key: { pk: S('a') },
            UpdateExpression: 'ADD n :n',
            ExpressionAttributeValues: { ':n': N(amount) },
          },
        },
      ],
    });
    dynamo.call('TransactWriteItems', add(1));
    await dynamo.kernel.advance(9 * 60_000);
    dynamo.call('TransactWriteItems', add(1));
    expect(dynamo.get({ pk: S('a') })).toEqual({ pk: S('a'), n: N(1) });
    expect(dynamo.refusal('TransactWriteItems', add(2)).code).toBe('IdempotentParameterMismatchException');
    await dynamo.kernel.advance(60_000);
    dynamo.call('TransactWriteItems', add(2));
    expect(dynamo.get({ pk: S('a') })).toEqual({ pk: S('a'), n: N(3) });
  });

  it('may not touch an item twice, nor have more than 100 actions, nor none', () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable();
    const put = (key: string) => ({ Put: { TableName, Item: { pk: S(key) } } });
    expect(dynamo.refusal('TransactWriteItems', { TransactItems: [put('a'), put('a')] }).message).toBe(
      'Transaction request cannot include multiple operations on one item',
    );
    const many = Array.from({ length: 101 }, (_, at) => put(String(at)));
    expect(dynamo.refusal('TransactWriteItems', { TransactItems: many }).message).toContain(
      'Member must have length less than or equal to 100',
    );
    expect(dynamo.refusal('TransactWriteItems', { TransactItems: [] }).message).toContain(
      'Member must have length greater than or equal to 1',
    );
    dynamo.call('TransactWriteItems', { TransactItems: many.slice(0, 100) });
    expect(dynamo.scan()).toHaveLength(100);
  });

  it('refuses an empty key with the request, a key of the wrong type as a reason', () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable();
    const remove = (pk: { S: string } | { N: string }) => ({ TransactItems: [{ Delete: { TableName, Key: { pk } } }] });
    expect(dynamo.refusal('TransactWriteItems', remove({ S: '' })).code).toBe('ValidationException');
    expect(dynamo.refusal('TransactWriteItems', remove({ N: '1' })).details).toEqual({
      CancellationReasons: [{ Code: 'ValidationError', Message: 'The provided key element does not match the schema' }],
    });
  });

  it('reads in the order of its gets, and leaves out what is not there', () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable();
    dynamo.put({ pk: S('a'), n: N(1), m: N(2) });
    const { Responses } = dynamo.call('TransactGetItems', {
      TransactItems: [
        { Get: { TableName, Key: { pk: S('nope') } } },
        { Get: { TableName, Key: { pk: S('a') }, ProjectionExpression: 'm' } },
      ],
    });
    expect(Responses).toEqual([{}, { Item: { m: N(2) } }]);
  });
});

describe('a batch', () => {
  it('writes up to 25 items in several tables and reads them again', () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable();
    dynamo.createTable({ TableName: 'others' });
    const keys = Array.from({ length: 12 }, (_, at) => ({ pk: S(String(at)) }));
    const put = keys.map((Item) => ({ PutRequest: { Item } }));
    expect(dynamo.call('BatchWriteItem', { RequestItems: { things: put, others: put } }).UnprocessedItems).toEqual({});
    dynamo.call('BatchWriteItem', { RequestItems: { things: [{ DeleteRequest: { Key: { pk: S('0') } } }] } });
    const { Responses } = dynamo.call('BatchGetItem', { RequestItems: { things: { Keys: keys }, others: { Keys: keys } } });
    expect(Responses?.things).toHaveLength(11);
    expect(Responses?.others).toHaveLength(12);
  });

  it('refuses too much, nothing, and the same item twice', () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable();
    const puts = (count: number) => Array.from({ length: count }, (_, at) => ({ PutRequest: { Item: { pk: S(String(at % 26)) } } }));
    expect(dynamo.refusal('BatchWriteItem', { RequestItems: {} }).message).toBe(
      'The requestItems parameter is required for BatchWriteItem',
    );
    expect(dynamo.refusal('BatchWriteItem', { RequestItems: { things: puts(26) } }).message).toContain('less than or equal to 25');
    const twice = [...puts(1), { DeleteRequest: { Key: { pk: S('0') } } }];
    expect(dynamo.refusal('BatchWriteItem', { RequestItems: { things: twice } }).message).toBe(
      'Provided list of item keys contains duplicates',
    );
    expect(dynamo.scan()).toEqual([]);
  });
});

describe('a conflict of transactions', () => {
  it('can be put in the way of a request, and says which action it met', () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable();
    const end = dynamo.kernel.intercept({
      before: ({ operation }) => {
        if (operation === 'TransactWriteItems') throw transactionConflict(2, 1);
      },
    });
    const input = { TransactItems: ['a', 'b'].map((key) => ({ Put: { TableName, Item: { pk: S(key) } } })) };
    const send = () => dynamo.kernel.invoke({ service: 'dynamodb', operation: 'TransactWriteItems', input });
    expect(send).toThrow('Transaction cancelled, please refer cancellation reasons for specific reasons [None, TransactionConflict]');
    expect(dynamo.scan()).toEqual([]);
    end();
    send();
    expect(dynamo.scan()).toHaveLength(2);
  });
});
