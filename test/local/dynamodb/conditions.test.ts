import { beforeEach, describe, expect, it } from 'vitest';
import { type Item, N, S, TestDynamoDb } from './test-dynamodb.ts';

const item: Item = {
  pk: S('a'),
  text: S('hello'),
  number: N('12345678901234567890123456789'),
  flag: { BOOL: true },
  nothing: { NULL: true },
  bytes: { B: new Uint8Array([1, 2, 3]) },
  words: { SS: ['x', 'y'] },
  numbers: { NS: ['1', '2.50'] },
  list: { L: [S('p'), N(7), { M: { deep: S('d') } }] },
  map: { M: { nested: S('i'), 'dotted.name': N(1) } },
};

const values: Item = {
  ':hello': S('hello'),
  ':hell': S('hell'),
  ':z': S('z'),
  ':x': S('x'),
  ':one': N('1.0'),
  ':two': N('2.5'),
  ':seven': N('7'),
  ':near': N('12345678901234567890123456788'),
  ':same': N('1.2345678901234567890123456789e28'),
  ':true': { BOOL: true },
  ':null': { NULL: true },
  ':words': { SS: ['y', 'x'] },
  ':bytes': { B: new Uint8Array([1, 2]) },
  ':typeS': S('S'),
  ':typeL': S('L'),
  ':i': S('i'),
  ':d': S('d'),
};
const names = {
  '#text': 'text',
  '#list': 'list',
  '#map': 'map',
  '#words': 'words',
  '#number': 'number',
  '#dotted': 'dotted.name',
  '#flag': 'flag',
  '#bytes': 'bytes',
  '#nothing': 'nothing',
};

function used<Value>(expression: string, all: Readonly<Record<string, Value>>): Record<string, Value> | undefined {
  const entries = Object.entries(all).filter(([name]) => new RegExp(`${name}(?![A-Za-z0-9_])`).test(expression));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

describe('a condition', () => {
  let dynamo: TestDynamoDb;
  beforeEach(() => {
    dynamo = new TestDynamoDb();
    dynamo.createTable();
    dynamo.put(item);
  });

  const holds = (expression: string): boolean =>
    dynamo.call('Scan', {
      TableName: 'things',
      FilterExpression: expression,
      ExpressionAttributeValues: used(expression, values),
      ExpressionAttributeNames: used(expression, names),
    }).Count === 1;
  const problem = (expression: string): string =>
    dynamo.refusal('Scan', {
      TableName: 'things',
      FilterExpression: expression,
      ExpressionAttributeValues: used(expression, values),
      ExpressionAttributeNames: used(expression, names),
    }).message;

  it.each([
    ['#text = :hello', true],
    ['#text <> :hello', false],
    ['absent <> :hello', true],
    ['absent = :hello', false],
    ['absent < :hello', false],
    ['#text < :z', true],
    ['#text < :one', false],
    ['#number = :same', true],
    ['#number > :near', true],
    ['#number <= :near', false],
    ['#text BETWEEN :hell AND :z', true],
    ['#text IN (:z, :hello)', true],
    ['#words = :words', true],
    ['#flag = :true AND #nothing = :null', true],
    ['contains(#text, :hell)', true],
    ['contains(#words, :x)', true],
    ['contains(numbers, :two)', true],
    ['contains(#list, :seven)', true],
    ['contains(#bytes, :bytes)', true],
    ['contains(#map, :x)', false],
    ['begins_with(#text, :hell)', true],
    ['begins_with(#bytes, :bytes)', true],
    ['attribute_exists(#map.nested) AND attribute_not_exists(#map.absent)', true],
    ['#map.#dotted = :one', true],
    ['#list[2].deep = :d', true],
    ['#list[9] = :d', false],
    ['attribute_type(#text, :typeS) AND NOT attribute_type(#text, :typeL)', true],
    ['size(#list) > :one AND size(#text) < :seven', true],
    ['#text = :z OR #text = :hello AND #flag = :true', true],
    ['(#text = :z OR #text = :hello) AND NOT #flag = :true', false],
    ['NOT (NOT #text = :hello)', true],
  ])('%s is %s', (expression, expected) => {
    expect(holds(expression)).toBe(expected);
  });

  it.each([
    ['#text = ', 'Syntax error; token: "<EOF>", near: "= "'],
    ['#text == :hello', 'Syntax error; token: "=", near: "== :hello"'],
    ['_text = :hello', 'Syntax error; token: "_", near: "_text"'],
    ['', 'The expression can not be empty;'],
    ['status = :hello', 'Attribute name is a reserved keyword; reserved keyword: status'],
    ['((#text = :hello))', 'The expression has redundant parentheses;'],
    ['exists(#text)', 'Invalid function name; function: exists'],
    ['size(#text)', 'The function is not allowed to be used this way in an expression; function: size'],
    ['attribute_exists(:hello)', 'Operator or function requires a document path; operator or function: attribute_exists'],
    [
      'begins_with(#text)',
      'Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1',
    ],
    ['begins_with(#text, :one)', 'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N'],
    ['#flag < :true', 'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL'],
    [
      '#text = #text',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [text]',
    ],
    ['#text = :nope', 'An expression attribute value used in expression is not defined; attribute value: :nope'],
    ['#nope = :hello', 'An expression attribute name used in the document path is not defined; attribute name: #nope'],
  ])('%s is refused', (expression, expected) => {
    const input = expression.includes('#nope') ? { ...names } : undefined;
    const message = input
      ? dynamo.refusal('Scan', {
          TableName: 'things',
          FilterExpression: expression,
          ExpressionAttributeNames: input,
          ExpressionAttributeValues: { ':hello': S('hello') },
        }).message
      : problem(expression);
    expect(message).toBe(`Invalid FilterExpression: ${expected}`);
  });

  it('has to use every name and value it is given', () => {
    const request = { TableName: 'things', FilterExpression: '#text = :hello' };
    expect(
      dynamo.refusal('Scan', {
        ...request,
        ExpressionAttributeNames: { '#text': 'text', '#more': 'x' },
        ExpressionAttributeValues: { ':hello': S('') },
      }).message,
    ).toBe('Value provided in ExpressionAttributeNames unused in expressions: keys: {#more}');
    expect(
      dynamo.refusal('Scan', {
        ...request,
        ExpressionAttributeNames: { '#text': 'text' },
        ExpressionAttributeValues: { ':hello': S(''), ':more': S('') },
      }).message,
    ).toBe('Value provided in ExpressionAttributeValues unused in expressions: keys: {:more}');
  });
});
