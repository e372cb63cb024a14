import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addNumbers,
  compareNumbers,
  negateNumber,
  numberSize,
  orderedNumber,
  parseNumber,
} from '../../../local/services/dynamodb/values/number.ts';

/** A number as units × 10^scale, to judge the service's decimal arithmetic by. */
interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

const exact = fc.record({
  units: fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
  scale: fc.integer({ min: -130, max: 87 }),
});
const smallExact = fc.record({ units: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), scale: fc.integer({ min: -9, max: 9 }) });

const written = ({ units, scale }: Exact): string => `${units}E${scale}`;
const scaledTo = ({ units, scale }: Exact, least: number): bigint => units * 10n ** BigInt(scale - least);

function compareExact(a: Exact, b: Exact): number {
  const least = Math.min(a.scale, b.scale);
  const difference = scaledTo(a, least) - scaledTo(b, least);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

describe('numbers', () => {
  it('come back as plain decimals without needless zeros', () => {
    const cases: [string, string][] = [
      ['007', '7'],
      ['1.50', '1.5'],
      ['-0', '0'],
      ['0.0', '0'],
      ['+1', '1'],
      ['.5', '0.5'],
      ['5.', '5'],
      ['1e3', '1000'],
      ['-2.5E-3', '-0.0025'],
      ['1e125', `1${'0'.repeat(125)}`],
      ['1e-130', `0.${'0'.repeat(129)}1`],
      ['100000000000000000000000000000000000000000', `1${'0'.repeat(41)}`],
    ];
    for (const [text, plain] of cases) expect(parseNumber(text)).toBe(plain);
  });

  it('are refused beyond 38 digits and beyond their range, and when they are none', () => {
    const refusals: [string, string][] = [
      ['123456789012345678901234567890123456789', 'more than 38 significant digits'],
      ['1e126', 'Number overflow'],
      ['-1e99999999999', 'Number overflow'],
      ['1e-131', 'Number underflow'],
      ['0e126', 'Number overflow'],
      ['1e9223372036854775808', 'cannot be converted'],
      ['abc', 'cannot be converted to a numeric value: abc'],
      ['', 'cannot be converted'],
      [' 1', 'cannot be converted'],
      ['1e', 'cannot be converted'],
      ['NaN', 'cannot be converted'],
      ['0x10', 'cannot be converted'],
      ['.', 'cannot be converted'],
    ];
    for (const [text, problem] of refusals) expect(() => parseNumber(text)).toThrow(problem);
  });

  it('have one form each: parsing what was printed changes nothing', () => {
    fc.assert(
      fc.property(exact, (number) => {
        const plain = parseNumber(written(number));
        expect(parseNumber(plain)).toBe(plain);
        // The exponent of a zero has limits as well, though it says nothing.
        if (number.units === 0n) return;
        expect(parseNumber(written({ units: number.units * 10n, scale: number.scale - 1 }))).toBe(plain);
      }),
    );
  });

  it('compare exactly, and so do the texts they are sorted by', () => {
    fc.assert(
      fc.property(fc.oneof(exact, smallExact), fc.oneof(exact, smallExact), (a, b) => {
        const [x, y] = [parseNumber(written(a)), parseNumber(written(b))];
        const expected = compareExact(a, b);
        expect(Math.sign(compareNumbers(x, y))).toBe(expected);
        const [first, second] = [orderedNumber(x), orderedNumber(y)];
        expect(first === second ? 0 : first < second ? -1 : 1).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('add exactly, or not at all', () => {
    fc.assert(
      fc.property(smallExact, smallExact, (a, b) => {
        const least = Math.min(a.scale, b.scale);
        const sum = { units: scaledTo(a, least) + scaledTo(b, least), scale: least };
        expect(addNumbers(parseNumber(written(a)), parseNumber(written(b)))).toBe(parseNumber(written(sum)));
      }),
      { numRuns: 500 },
    );
    expect(() => addNumbers(parseNumber('1e38'), '1')).toThrow('more than 38 significant digits');
    expect(addNumbers('99999999999999999999999999999999999999', '1')).toBe(`1${'0'.repeat(38)}`);
  });

  it('negate to themselves twice', () => {
    fc.assert(fc.property(exact, (number) => negateNumber(negateNumber(parseNumber(written(number)))) === parseNumber(written(number))));
  });

  it('take a byte for each two significant digits on either side of the point', () => {
    const sizes: [string, number][] = [
      ['0', 1],
      ['1', 2],
      ['12', 2],
      ['123', 3],
      ['123456', 4],
      ['3.14159', 5],
      ['-1', 3],
      ['0.0000001', 2],
      ['1e125', 2],
      ['100', 2],
    ];
    for (const [text, size] of sizes) expect([text, numberSize(parseNumber(text))]).toEqual([text, size]);
  });
});
