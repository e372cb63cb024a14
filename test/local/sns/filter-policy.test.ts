import { describe, expect, it } from 'vitest';
import { list, number, TestSns, text } from './topic-client.ts';

/** Whether a message reaches a subscription with that filter policy. */
async function reaches(policy: unknown, message: { attributes?: object; body?: unknown }): Promise<boolean> {
  const aws = new TestSns();
  const topic = aws.topic('news');
  const queue = aws.queue('inbox');
  const scope = message.attributes ? 'MessageAttributes' : 'MessageBody';
  aws.subscribe(topic, queue, { FilterPolicy: JSON.stringify(policy), FilterPolicyScope: scope });
  const body = typeof message.body === 'string' ? message.body : JSON.stringify(message.body ?? 'x');
  aws.publish(topic, body, message.attributes ? { MessageAttributes: message.attributes } : {});
  return (await aws.received(queue)).length === 1;
}

describe('a filter policy on attributes', () => {
  it.each<[policy: object, attributes: object, expected: boolean]>([
    [{ a: ['x'] }, { a: text('x') }, true],
    [{ a: ['x'] }, { a: text('X') }, false],
    [{ a: ['x'] }, { b: text('x') }, false],
    [{ a: ['x', 'y'] }, { a: text('y') }, true],
    [{ a: ['x'], b: ['y'] }, { a: text('x') }, false],
    [{ a: ['x'], b: ['y'] }, { a: text('x'), b: text('y') }, true],
    [{ a: ['soccer'] }, { a: list(['rugby', 'soccer']) }, true],
    [{ a: ['soccer'] }, { a: list(['rugby']) }, false],
    [{ a: [true] }, { a: list([true]) }, true],
    [{ a: [null] }, { a: list([null]) }, true],
    [{ a: [100] }, { a: number(100) }, true],
    [{ a: ['100'] }, { a: number(100) }, false],
    [{ a: ['x'] }, { a: { DataType: 'Binary', BinaryValue: Buffer.from('x') } }, false],
    [{ a: [{ exists: true }] }, { a: text('x') }, true],
    [{ a: [{ exists: true }] }, { b: text('x') }, false],
    [{ a: [{ exists: false }] }, { b: text('x') }, true],
    [{ a: [{ exists: false }] }, { a: text('x') }, false],
    [{ a: [{ prefix: 'au' }] }, { a: text('auto') }, true],
    [{ a: [{ prefix: 'au' }] }, { a: text('tau') }, false],
    [{ a: [{ suffix: 'to' }] }, { a: text('auto') }, true],
    [{ a: [{ suffix: 'to' }] }, { a: text('auton') }, false],
    [{ a: [{ 'equals-ignore-case': 'Tennis' }] }, { a: text('TENNIS') }, true],
    [{ a: [{ 'anything-but': 'x' }] }, { a: text('y') }, true],
    [{ a: [{ 'anything-but': ['x', 'y'] }] }, { a: text('y') }, false],
    [{ a: [{ 'anything-but': 'x' }] }, { b: text('y') }, false],
    [{ a: [{ 'anything-but': [100, 500] }] }, { a: number(101) }, true],
    [{ a: [{ 'anything-but': [100, 500] }] }, { a: number(100) }, false],
    [{ a: [{ 'anything-but': { prefix: 'order-' } }] }, { a: text('data-entry') }, true],
    [{ a: [{ 'anything-but': { prefix: 'order-' } }] }, { a: text('order-cancelled') }, false],
    [{ a: [{ numeric: ['=', 301.5] }] }, { a: number(301.5) }, true],
    [{ a: [{ numeric: ['=', 301.5] }] }, { a: { DataType: 'Number', StringValue: '3.015e2' } }, true],
    [{ a: [{ numeric: ['<', 0] }] }, { a: number(-1) }, true],
    [{ a: [{ numeric: ['>', 0, '<=', 150] }] }, { a: number(150) }, true],
    [{ a: [{ numeric: ['>', 0, '<=', 150] }] }, { a: number(0) }, false],
    [{ a: [{ numeric: ['>', 0] }] }, { a: text('5') }, false],
    [{ a: [{ cidr: '10.0.0.0/24' }] }, { a: text('10.0.0.255') }, true],
    [{ a: [{ cidr: '10.0.0.0/24' }] }, { a: text('10.1.1.0') }, false],
    [{ a: [{ cidr: '2001:db8:1234:1a00::/64' }] }, { a: text('2001:db8:1234:1a00:0:0:0:0') }, true],
    [{ a: [{ cidr: '2001:db8:1234:1a00::/64' }] }, { a: text('2001:db8:123f:1a01::') }, false],
    [{ a: ['s'], $or: [{ b: ['m'] }, { c: ['n'] }] }, { a: text('s'), c: text('n') }, true],
    [{ a: ['s'], $or: [{ b: ['m'] }, { c: ['n'] }] }, { a: text('s'), c: text('o') }, false],
    // One alternative is no choice: `$or` is a name like any other.
    [{ $or: [{ prefix: 'x' }] }, { or: text('x') }, false],
  ])('%j on %j: %s', async (policy, attributes, expected) => {
    expect(await reaches(policy, { attributes })).toBe(expected);
  });
});

describe('a filter policy on the body', () => {
  it.each<[policy: object, body: unknown, expected: boolean]>([
    [{ a: ['x'] }, { a: 'x' }, true],
    [{ a: ['x'] }, { a: ['y', 'x'] }, true],
    [{ a: ['x'] }, 'x', false],
    [{ a: ['x'] }, 'not json', false],
    [{ a: [{ exists: false }] }, ['x'], false],
    [{ a: { b: ['x'] } }, { a: { b: 'x' } }, true],
    [{ a: { b: ['x'] } }, { a: { c: 'x' } }, false],
    [
      { a: { b: ['x'], c: ['y'] } },
      {
        a: [
          { b: 'x', c: 'n' },
          { b: 'n', c: 'y' },
        ],
      },
      false,
    ],
    [{ a: { b: ['x'], c: ['y'] } }, { a: [{ b: 'n' }, { b: 'x', c: 'y' }] }, true],
    [{ a: { b: [{ exists: false }] } }, { c: 1 }, true],
    [{ a: [{ exists: true }] }, { a: { b: 1 } }, false],
    [{ a: [true] }, { a: true }, true],
    [{ a: [null] }, { a: null }, true],
    [{ a: [{ numeric: ['>=', 1] }] }, { a: 1 }, true],
    [{ a: [{ numeric: ['>=', 1] }] }, { a: '1' }, false],
    [{ d: { $or: [{ s: ['x'] }, { t: ['y', 'z'] }] } }, { d: { t: 'z' } }, true],
  ])('%j on %j: %s', async (policy, body, expected) => {
    expect(await reaches(policy, { body })).toBe(expected);
  });
});

describe('a filter policy that is wrong', () => {
  // Texts recorded on AWS, without the position that follows them there.
  it.each([
    ['{"key":[["value"]]}', 'Match value must be String, number, true, false, or null'],
    ['{"key":[{"wrong-operator":true}]}', 'Unrecognized match type wrong-operator'],
    ['{"key":[{"suffix":"value","prefix":"value2"}]}', 'Only one key allowed in match expression'],
    ['{"key":[]}', 'Empty arrays are not allowed'],
    ['{"key":[{"suffix":100}]}', 'suffix match pattern must be a string'],
    ['{"key":"value"}', '"key" must be an object or an array'],
    ['{"key":{"suffix":"value"}}', '"suffix" must be an object or an array'],
    ['{"key":[{"cidr":"bad-filter"}]}', "Malformed CIDR, one '/' required"],
    ['{"key":[{"cidr":"bad-filter/8"}]}', 'Nonstandard IP address: bad-filter'],
    ['{"key":[{"cidr":"10.0.0.0/x"}]}', 'Malformed CIDR, mask bits must be an integer'],
    ['{"key":[{"numeric":[]}]}', 'Invalid member in numeric match: ]'],
    ['{"key":[{"numeric":["operator"]}]}', 'Unrecognized numeric range operator: operator'],
    ['{"key":[{"numeric":[1,"<="]}]}', 'Invalid member in numeric match: 1'],
    ['{"key":[{"numeric":["=","000"]}]}', 'Value of equals must be numeric'],
    ['{"key":[{"numeric":["<",100,">",10]}]}', 'Too many elements in numeric expression'],
    ['{"key":[{"numeric":[">=",1,">",2]}]}', 'Bad numeric range operator: >'],
    ['{"key":[{"numeric":[">",3,"<",1]}]}', 'Bottom must be less than top'],
    ['{"key":[{"numeric":[">",20,30]}]}', 'Bad value in numeric range: 30'],
    ['{"key":[{"numeric":[">",20,"<",30,"<",50]}]}', 'Too many terms in numeric range expression'],
    ['{"key":[{"exists":"no"}]}', 'exists match pattern must be either true or false.'],
    ['{"key":[{"anything-but":{"suffix":"test"}}]}', 'Unsupported anything-but pattern: suffix'],
    [JSON.stringify({ key: Array.from({ length: 151 }, (_, index) => `v${index}`) }), 'Filter policy is too complex'],
    [JSON.stringify(Object.fromEntries([1, 2, 3, 4, 5, 6].map((key) => [key, ['x']]))), 'Filter policy can not have more than 5 keys'],
  ])('%s: %s', (FilterPolicy, text) => {
    const aws = new TestSns();
    const error = aws.errorOf(() => aws.subscribe(aws.topic('news'), aws.queue('inbox'), { FilterPolicy }));
    expect(error).toMatchObject({
      code: 'InvalidParameterException',
      message: `Invalid parameter: Attributes Reason: FilterPolicy: ${text}`,
    });
  });

  it('may have 150 combinations, alternatives added up and depth multiplied', () => {
    const aws = new TestSns();
    const subscribe = (policy: object, FilterPolicyScope: string, name: string) =>
      aws.subscribe(aws.topic('news'), aws.queue(name), { FilterPolicy: JSON.stringify(policy), FilterPolicyScope });
    const values = (count: number) => Array.from({ length: count }, (_, index) => index);
    const flat = (sources: number, spaces: number) => ({
      source: values(sources),
      $or: [{ metricName: values(6) }, { metricType: values(4), $or: [{ metricId: values(4) }, { spaceId: values(spaces) }] }],
    });
    subscribe(flat(3, 7), 'MessageAttributes', 'just');
    expect(aws.errorOf(() => subscribe(flat(4, 4), 'MessageAttributes', 'over')).message).toContain('too complex');
    const nested = {
      $or: [{ metricName: values(3) }, { namespace: values(2) }],
      detail: { scope: values(2), $or: [{ source: values(1) }, { type: values(3) }] },
    };
    expect(aws.errorOf(() => subscribe(nested, 'MessageBody', 'nested')).message).toContain('too complex');
  });

  it('is nested only where it speaks of the body', () => {
    const aws = new TestSns();
    const FilterPolicy = '{"object":{"key":[{"prefix":"auto-"}]}}';
    expect(aws.errorOf(() => aws.subscribe(aws.topic('news'), aws.queue('inbox'), { FilterPolicy })).message).toBe(
      'Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy',
    );
  });
});
