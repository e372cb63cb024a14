import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Item, N, S, TestDynamoDb } from './test-dynamodb.ts';

const KEY = { pk: S('a') };

/** A value within so many maps. */
function nested(maps: number): AttributeValue {
  return maps === 0 ? N(1) : { M: { n: nested(maps - 1) } };
}

describe('items', () => {
  let dynamo: TestDynamoDb;
  beforeEach(() => {
    dynamo = new TestDynamoDb();
    dynamo.createTable();
  });

  const update = (expression: string, values?: Item, more: object = {}) =>
    dynamo.call('UpdateItem', {
      TableName: 'things',
      Key: KEY,
      UpdateExpression: expression,
      ...(values ? { ExpressionAttributeValues: values } : {}),
      ...more,
    });

  it('share nothing with what was put or given back', () => {
    const bytes = new Uint8Array([1]);
    const given: Item = { ...KEY, map: { M: { list: { L: [N(1)] } } }, bytes: { B: bytes }, set: { SS: ['x'] } };
    dynamo.put(given);
    bytes[0] = 9;
    given.map?.M?.list?.L?.push(N(2));
    given.set?.SS?.push('y');
    const first = dynamo.get(KEY);
    expect(first).toEqual({ ...KEY, map: { M: { list: { L: [N(1)] } } }, bytes: { B: new Uint8Array([1]) }, set: { SS: ['x'] } });
    first?.map?.M?.list?.L?.push(N(3));
    if (first?.bytes?.B) first.bytes.B[0] = 8;
    expect(dynamo.get(KEY)?.map).toEqual({ M: { list: { L: [N(1)] } } });
    expect(dynamo.get(KEY)?.bytes).toEqual({ B: new Uint8Array([1]) });
  });

  it('may have attributes with the names of what objects inherit', () => {
    const odd: Item = { ...KEY, constructor: S('c'), toString: S('t') };
    Object.defineProperty(odd, '__proto__', { value: S('p'), enumerable: true });
    dynamo.put(odd);
    const back = dynamo.get(KEY) ?? {};
    expect(Object.keys(back).sort()).toEqual(['__proto__', 'constructor', 'pk', 'toString']);
    expect(dynamo.call('Scan', { TableName: 'things', FilterExpression: 'attribute_exists(valueOf)' }).Count).toBe(0);
  });

  it('are replaced, and the old one given back if asked for', () => {
    dynamo.put({ ...KEY, n: N(1) });
    const put = dynamo.call('PutItem', { TableName: 'things', Item: { ...KEY, m: N(2) }, ReturnValues: 'ALL_OLD' });
    expect(put.Attributes).toEqual({ ...KEY, n: N(1) });
    expect(dynamo.get(KEY)).toEqual({ ...KEY, m: N(2) });
    expect(dynamo.call('DeleteItem', { TableName: 'things', Key: KEY, ReturnValues: 'ALL_OLD' }).Attributes).toEqual({ ...KEY, m: N(2) });
    expect(dynamo.get(KEY)).toBeUndefined();
    expect(dynamo.call('DeleteItem', { TableName: 'things', Key: KEY, ReturnValues: 'ALL_OLD' }).Attributes).toBeUndefined();
  });

  it('are guarded by conditions, whose failure shows the item if asked to', () => {
    dynamo.put({ ...KEY, version: N(1) });
    const input = { TableName: 'things', Item: { ...KEY, version: N(2) }, ConditionExpression: 'attribute_not_exists(pk)' };
    const failure = dynamo.refusal('PutItem', { ...input, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    expect(failure).toMatchObject({ code: 'ConditionalCheckFailedException', message: 'The conditional request failed' });
    expect(failure.details).toEqual({ Item: { ...KEY, version: N(1) } });
    expect(dynamo.refusal('PutItem', input).details).toEqual({});
    expect(dynamo.get(KEY)).toEqual({ ...KEY, version: N(1) });
  });

  it('are made by an update that finds none', () => {
    expect(
      update('SET n = if_not_exists(n, :zero) + :one', { ':zero': N(0), ':one': N(1) }, { ReturnValues: 'ALL_NEW' }).Attributes,
    ).toEqual({
      ...KEY,
      n: N(1),
    });
    dynamo.call('UpdateItem', { TableName: 'things', Key: { pk: S('b') }, UpdateExpression: 'REMOVE x' });
    expect(dynamo.get({ pk: S('b') })).toEqual({ pk: S('b') });
  });

  it('give back what an update touched, before or after', () => {
    dynamo.put({ ...KEY, m: { M: { a: N(1), b: N(2) } }, l: { L: [S('x'), S('y')] } });
    const values = { ':n': N(9) };
    expect(update('SET m.a = :n, l[1] = :n REMOVE m.b', values, { ReturnValues: 'UPDATED_OLD' }).Attributes).toEqual({
      m: { M: { a: N(1), b: N(2) } },
      l: { L: [S('y')] },
    });
    expect(update('SET m.a = :n, l[0] = :n', values, { ReturnValues: 'UPDATED_NEW' }).Attributes).toEqual({
      m: { M: { a: N(9) } },
      l: { L: [N(9)] },
    });
  });

  it.each<[string, Item, Item]>([
    ['SET l[9] = :x, l[5] = :y', { ':x': S('x'), ':y': S('y') }, { l: { L: [S('a'), S('b'), S('c'), S('y'), S('x')] } }],
    ['REMOVE l[0], l[2]', {}, { l: { L: [S('b')] } }],
    ['SET l[1] = :x REMOVE l[0]', { ':x': S('x') }, { l: { L: [S('x'), S('c')] } }],
    ['SET l[0] = l[1], l[1] = l[0]', {}, { l: { L: [S('b'), S('a'), S('c')] } }],
    ['SET l = list_append(:new, l)', { ':new': { L: [N(1)] } }, { l: { L: [N(1), S('a'), S('b'), S('c')] } }],
    [
      'ADD n :five, tags :set DELETE past :gone',
      { ':five': N(5), ':set': { SS: ['z'] }, ':gone': { SS: ['o'] } },
      { n: N('6.5'), tags: { SS: ['t', 'z'] } },
    ],
    ['SET n = n - :five', { ':five': N(5) }, { n: N('-3.5') }],
  ])('are updated by %s', (expression, values, expected) => {
    dynamo.put({ ...KEY, l: { L: [S('a'), S('b'), S('c')] }, n: N('1.5'), tags: { SS: ['t'] }, past: { SS: ['o'] } });
    const { Attributes } = update(expression, Object.keys(values).length > 0 ? values : undefined, { ReturnValues: 'ALL_NEW' });
    expect(Attributes).toMatchObject(expected);
    if (expression.includes('DELETE')) expect(Attributes).not.toHaveProperty('past');
  });

  it.each([
    ['SET a = :x SET b = :x', 'The "SET" section can only be used once in an update expression;'],
    [
      'SET a = :x, a.b = :x',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
    ],
    [
      'SET a[0] = :x, a.b = :x',
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [0]], path two: [a, b]',
    ],
    ['SET a = size(b)', 'The function is not allowed in an update expression; function: size'],
    ['SET a = list_append(:x, b)', 'Incorrect operand type for operator or function; operator or function: list_append, operand type: S'],
    ['ADD a :x', 'Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND'],
    ['SET a = :x + :x', 'Incorrect operand type for operator or function; operator or function: +, operand type: S'],
  ])('refuse %s', (expression, problem) => {
    expect(
      dynamo.refusal('UpdateItem', {
        TableName: 'things',
        Key: KEY,
        UpdateExpression: expression,
        ExpressionAttributeValues: { ':x': S('x') },
      }).message,
    ).toBe(`1 validation error detected: Invalid UpdateExpression: ${problem}`);
  });

  it.each([
    ['SET m.x.y = :x', 'The document path provided in the update expression is invalid for update'],
    ['REMOVE absent[0]', 'The document path provided in the update expression is invalid for update'],
    ['SET a = absent', 'The provided expression refers to an attribute that does not exist in the item'],
    ['SET a = word + :n', 'An operand in the update expression has an incorrect data type'],
    ['SET pk = :x', 'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key'],
  ])('refuse %s of this item', (expression, problem) => {
    dynamo.put({ ...KEY, word: S('t'), m: { M: {} } });
    const values = { ...(expression.includes(':x') ? { ':x': S('x') } : {}), ...(expression.includes(':n') ? { ':n': N(1) } : {}) };
    const input = { TableName: 'things', Key: KEY, UpdateExpression: expression };
    const refusal = dynamo.refusal('UpdateItem', Object.keys(values).length > 0 ? { ...input, ExpressionAttributeValues: values } : input);
    expect(refusal).toMatchObject({ code: 'ValidationException', message: problem });
    expect(dynamo.get(KEY)).toEqual({ ...KEY, word: S('t'), m: { M: {} } });
  });

  it('have at most 400 kB, keys at most 2048 bytes', () => {
    const filler = (bytes: number): Item => ({ ...KEY, filler: S('x'.repeat(bytes - 'pk'.length - 'a'.length - 'filler'.length)) });
    dynamo.put(filler(409_600));
    expect(dynamo.refusal('PutItem', { TableName: 'things', Item: filler(409_601) }).message).toBe(
      'Item size has exceeded the maximum allowed size',
    );
    expect(dynamo.refusal('PutItem', { TableName: 'things', Item: { pk: S('x'.repeat(2049)) } }).message).toContain('Size of hashkey');
    expect(dynamo.refusal('PutItem', { TableName: 'things', Item: { pk: S('') } }).message).toContain(
      'cannot contain an empty string value. Key: pk',
    );
    expect(dynamo.refusal('PutItem', { TableName: 'things', Item: { pk: N(1) } }).message).toBe(
      'One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N',
    );
    expect(dynamo.refusal('PutItem', { TableName: 'things', Item: { x: S('x') } }).message).toBe(
      'One or more parameter values were invalid: Missing the key pk in the item',
    );
  });

  it.each<[string, Item, string]>([
    ['an empty set', { s: { SS: [] } }, 'An string set  may not be empty'],
    ['a set with a member twice', { s: { NS: ['1', '1.0'] } }, 'Input collection contains duplicates.'],
    ['NULL: false', { s: { NULL: false } }, 'Null attribute value types must have the value of true'],
    ['too deep a value', { s: nested(32) }, 'Nesting Levels'],
  ])('cannot have %s', (_, attributes, problem) => {
    const refusal = dynamo.refusal('PutItem', { TableName: 'things', Item: { ...KEY, ...attributes } });
    expect(refusal.code).toBe('ValidationException');
    expect(refusal.message).toMatch(/^1 validation error detected: /);
    expect(refusal.message).toContain(problem);
  });

  it('are projected, with lists closed up and without what is missing', () => {
    dynamo.put({ ...KEY, l: { L: [S('a'), S('b'), { M: { x: N(1), y: N(2) } }] }, m: { M: { a: N(1) } }, other: N(3) });
    const read = (projection: string) => dynamo.call('GetItem', { TableName: 'things', Key: KEY, ProjectionExpression: projection }).Item;
    expect(read('l[2].y, l[0], m.a, m.nope')).toEqual({ l: { L: [S('a'), { M: { y: N(2) } }] }, m: { M: { a: N(1) } } });
    expect(read('nope')).toEqual({});
  });

  it('name parameters from before expressions that it does not take', () => {
    const refusal = dynamo.refusal('PutItem', {
      TableName: 'things',
      Item: KEY,
      Expected: { pk: { Exists: false } },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(refusal.message).toContain('Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}');
  });

  it('are not found in a table that does not exist', () => {
    expect(dynamo.refusal('GetItem', { TableName: 'nope', Key: KEY })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    });
  });
});
