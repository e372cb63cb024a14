import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, InvalidPatternError, matchesEvent, readEvent, testEventPattern } from '../../../local/event-pattern/index.ts';

const matches = (pattern: object, event: object): boolean => testEventPattern(JSON.stringify(pattern), JSON.stringify(event));
const refusal = (pattern: string): string => {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (error instanceof InvalidPatternError) return error.reason;
    throw error;
  }
  return 'accepted';
};

describe('numbers', () => {
  it.each([
    ['{"n":[1]}', '{"n":1.0}', true],
    ['{"n":[300]}', '{"n":3.0e2}', true],
    ['{"n":[0]}', '{"n":-0}', true],
    ['{"n":[12345678901234567890]}', '{"n":12345678901234567890}', true],
    ['{"n":[12345678901234567890]}', '{"n":12345678901234567891}', false],
    ['{"n":[{"numeric":[">",1]}]}', '{"n":12345678901234567891}', false],
    ['{"n":[1]}', '{"n":"1"}', false],
    ['{"n":[{"anything-but":1}]}', '{"n":"1"}', true],
    ['{"n":[{"numeric":[">=",-1,"<",0.5]}]}', '{"n":0.4999999}', true],
  ])('%s on %s: %s', (pattern, event, expected) => {
    expect(testEventPattern(pattern, event)).toBe(expected);
  });
});

describe('arrays', () => {
  it('matches when one of the values does', () => {
    expect(matches({ tags: ['b'] }, { tags: ['a', ['b']] })).toBe(true);
    expect(matches({ tags: [{ exists: true }] }, { tags: [] })).toBe(false);
  });

  it('takes the fields of one and the same element', () => {
    const pattern = { lines: { sku: ['x'], state: ['open'] } };
    expect(matches(pattern, { lines: [{ sku: 'x', state: 'open' }] })).toBe(true);
    expect(
      matches(pattern, {
        lines: [
          { sku: 'x', state: 'done' },
          { sku: 'y', state: 'open' },
        ],
      }),
    ).toBe(false);
  });

  it('finds a field missing in the element that was chosen', () => {
    const pattern = { lines: { a: ['x'], b: [{ exists: false }] } };
    expect(matches(pattern, { lines: [{ a: 'x' }, { a: 'y', b: 1 }] })).toBe(true);
    expect(matches(pattern, { lines: [{ a: 'x', b: 1 }, { a: 'y' }] })).toBe(false);
  });
});

describe('fields', () => {
  it('reads a dot in a name as a step', () => {
    expect(matches({ 'a.b': { c: [1] } }, { a: { 'b.c': 1 } })).toBe(true);
  });

  it('are leaves: an object is as good as missing', () => {
    expect(matches({ a: [{ exists: false }] }, { a: { b: 1 } })).toBe(true);
  });

  it('keeps every branch of $or beside what is asked of all', () => {
    const pattern = { source: ['s'], $or: [{ a: [1] }, { b: [{ exists: false }], c: { $or: [{ d: [2] }, { e: [3] }] } }] };
    expect(matches(pattern, { source: 's', a: 1, b: 1 })).toBe(true);
    expect(matches(pattern, { source: 's', c: { e: 3 } })).toBe(true);
    expect(matches(pattern, { source: 's', b: 1, c: { e: 3 } })).toBe(false);
    expect(matches(pattern, { source: 't', a: 1 })).toBe(false);
  });
});

describe('addresses', () => {
  it.each([
    [{ cidr: '10.0.0.0/24' }, '10.0.0.255', true],
    [{ cidr: '10.0.0.7/24' }, '10.0.1.0', false],
    [{ cidr: '2001:db8::/32' }, '2001:0DB8::1', true],
    [{ cidr: '0.0.0.0/0' }, '2001:db8::1', false],
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1', true],
    [{ 'anything-but': '2001:db8::1' }, '2001:db8:0:0:0:0:0:1', true],
  ])('%j on %s: %s', (matcher, ip, expected) => {
    expect(matches({ ip: [matcher] }, { ip })).toBe(expected);
  });
});

describe('what is refused', () => {
  it.each([
    ['[]', 'Filter is not an object'],
    ['{"a":{}}', 'Empty objects are not allowed'],
    ['{"a":"x"}', '"a" must be an object or an array'],
    ['{"a":[[1]]}', 'Match value must be String, number, true, false, or null'],
    ['{"a":[{"prefix":"x","suffix":"y"}]}', 'Only one key allowed in match expression'],
    ['{"a":[{"nope":"x"}]}', 'Unrecognized match type nope'],
    ['{"a":[{"numeric":[">",5,"<",5]}]}', 'Bottom must be less than top'],
    ['{"a":[{"wildcard":"a**"}]}', 'Consecutive wildcard characters at pos 2'],
    ['{"a":[{"anything-but":[1,"x"]}]}', 'Inside anything but list, either all values are number or string, mixed type is not supported'],
    ['{"$or":[{"a":[1]}]}', 'There must have at least 2 Objects in $or relationship.'],
    ['{"a":[1}', "Unexpected character ('}')"],
  ])('%s', (pattern, reason) => {
    expect(refusal(pattern)).toBe(reason);
  });

  it('says where', () => {
    expect(() => compilePattern('{"a":\n[]}')).toThrow('line: 2, column: 3');
  });

  it('counts the ways through $or', () => {
    const or = { $or: Array.from({ length: 11 }, (_, n) => ({ n: [n] })) };
    expect(refusal(JSON.stringify({ x: or, y: or }))).toBe('accepted');
    expect(refusal(JSON.stringify({ x: or, y: or, z: or }))).toContain('1000 rule combinations');
  });

  it('refuses wildcards that could be in more than ten places at once', () => {
    // Four such wildcards were refused by AWS, three were not.
    const stacks = (count: number): string =>
      JSON.stringify({ id: Array.from({ length: count }, (_, n) => ({ wildcard: `*:stack/Service${n}Stack/*` })) });
    expect(refusal(stacks(3))).toBe('accepted');
    expect(refusal(stacks(4))).toContain('too complex');
    expect(refusal('{"a":[{"wildcard":"*a*a*a*a*a*a*"}]}')).toContain('too complex');
  });
});

const word = fc.stringMatching(/^[abAB*\\é]{0,6}$/);

describe('properties', () => {
  it('a value equals itself, and nothing that anything-but lets pass', () => {
    fc.assert(
      fc.property(fc.oneof(word, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), (value) => {
        expect(matches({ v: [value] }, { v: value })).toBe(true);
        expect(matches({ v: [{ 'anything-but': value }] }, { v: value })).toBe(false);
      }),
    );
  });

  it('wildcards mean what the regular expression means', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(\*?[ab]){0,4}\*?$/), fc.stringMatching(/^[abc]{0,8}$/), (wildcard, value) => {
        expect(matches({ v: [{ wildcard }] }, { v: value })).toBe(new RegExp(`^${wildcard.replaceAll('*', '.*')}$`).test(value));
      }),
    );
  });

  it('anything-but is the opposite of the operator that it holds', () => {
    const operator = fc.constantFrom('prefix', 'suffix', 'equals-ignore-case');
    fc.assert(
      fc.property(operator, fc.stringMatching(/^[abABé]{1,3}$/), fc.stringMatching(/^[abABé]{0,4}$/), (name, text, value) => {
        expect(matches({ v: [{ 'anything-but': { [name]: [text] } }] }, { v: value })).toBe(
          !matches({ v: [{ [name]: text }] }, { v: value }),
        );
      }),
    );
  });

  it('a numeric range is the comparison it names', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, number, (bound, value) => {
        expect(matches({ v: [{ numeric: ['<', bound] }] }, { v: value })).toBe(value < bound);
        expect(matches({ v: [{ numeric: ['>=', bound] }] }, { v: value })).toBe(value >= bound);
      }),
    );
  });

  it('reads events as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        // A digit run forces the exact reader.
        const wrapped = `{"wide":"1234567890123456","value":${text}}`;
        expect(JSON.stringify(readEvent(wrapped))).toBe(JSON.stringify(JSON.parse(wrapped)));
      }),
    );
  });

  it('gives one answer however an event is nested in lists of one', () => {
    const pattern = compilePattern('{"a":{"b":["x"],"c":[{"exists":false}]}}');
    fc.assert(
      fc.property(fc.constantFrom('x', 'y'), fc.option(fc.constant(1)), (b, c) => {
        const inner = { b, ...(c === null ? {} : { c }) };
        expect(matchesEvent(pattern, { a: [inner] })).toBe(matchesEvent(pattern, { a: inner }));
      }),
    );
  });
});
