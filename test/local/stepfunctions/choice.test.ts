import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesPattern } from '../../../local/services/stepfunctions/interpreter/states/comparison.ts';
import { Harness } from './harness.ts';

/** Whether a rule holds for an input. */
async function holds(rule: object, input: unknown): Promise<unknown> {
  const ran = await new Harness().run(
    {
      StartAt: 'C',
      States: {
        C: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
        Yes: { Type: 'Pass', Result: true, End: true },
        No: { Type: 'Pass', Result: false, End: true },
      },
    },
    input,
  );
  return ran.status === 'SUCCEEDED' ? ran.output : ran.error;
}

describe('Choice rules', () => {
  test.each([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 1, false],
    ['StringLessThan', 'b', 'a', true],
    ['StringLessThan', 'a', 'a', false],
    ['StringGreaterThan', 'a', 'b', true],
    ['StringLessThanEquals', 'a', 'a', true],
    ['StringGreaterThanEquals', 'b', 'a', false],
    ['StringMatches', 'log-*.txt', 'log-1.txt', true],
    ['StringMatches', '*', '', true],
    ['StringMatches', 'a\\*c', 'abc', false],
    ['StringMatches', 'a.c', 'abc', false],
    ['NumericEquals', 1, 1.0, true],
    ['NumericEquals', 1, '1', false],
    ['NumericLessThan', 2, 1, true],
    ['NumericGreaterThan', 2, 3, true],
    ['NumericLessThanEquals', 2, 2, true],
    ['NumericGreaterThanEquals', 2, 1, false],
    ['BooleanEquals', true, true, true],
    ['BooleanEquals', false, null, false],
    ['TimestampEquals', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', true],
    ['TimestampLessThan', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59.999Z', true],
    ['TimestampGreaterThan', '2026-01-01T00:00:00Z', 'tomorrow', false],
    ['TimestampLessThanEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true],
    ['TimestampGreaterThanEquals', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', true],
    ['IsNull', true, null, true],
    ['IsNull', false, 1, true],
    ['IsString', true, 'x', true],
    ['IsNumeric', true, 'x', false],
    ['IsBoolean', true, false, true],
    ['IsTimestamp', true, '2026-01-01T00:00:00Z', true],
    ['IsTimestamp', true, '2026-02-30T00:00:00Z', false],
    ['IsPresent', true, null, true],
  ])('%s %j of %j: %s', async (operator, wanted, value, expected) => {
    expect(await holds({ Variable: '$.v', [operator]: wanted }, { v: value })).toBe(expected);
  });

  test('operators with Path take the other value from the input', async () => {
    expect(await holds({ Variable: '$.v', NumericLessThanPath: '$.w' }, { v: 1, w: 2 })).toBe(true);
    expect(await holds({ Variable: '$.v', StringEqualsPath: '$.w' }, { v: 'a', w: 'b' })).toBe(false);
  });

  test('And, Or and Not combine rules', async () => {
    const above = (n: number): object => ({ Variable: '$', NumericGreaterThan: n });
    const rule = { And: [above(1), { Or: [{ Not: above(5) }, above(9)] }] };
    expect(await Promise.all([1, 3, 7, 10].map((value) => holds(rule, value)))).toEqual([false, true, false, true]);
  });

  test('a variable that is not there: IsPresent says so, anything else ends the execution', async () => {
    expect(await holds({ Variable: '$.v', IsPresent: false }, {})).toBe(true);
    expect(await holds({ Variable: '$.v[3]', IsPresent: true }, { v: [1] })).toBe(false);
    expect(await holds({ Variable: '$.v', StringEquals: 'a' }, {})).toBe('States.Runtime');
  });

  test('no rule holds and there is no Default', async () => {
    const States = { C: { Type: 'Choice', Choices: [{ Variable: '$.v', IsPresent: true, Next: 'P' }] }, P: { Type: 'Pass', End: true } };
    const ran = await new Harness().run({ StartAt: 'C', States });
    expect(ran).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('a rule that holds assigns its own variables and no others', async () => {
    const after = { Type: 'Pass', Parameters: { 'by.$': '$by' }, End: true };
    const machine = {
      StartAt: 'C',
      States: {
        C: {
          Type: 'Choice',
          Choices: [{ Variable: '$.v', BooleanEquals: true, Assign: { by: 'rule' }, Next: 'P' }],
          Default: 'P',
          Assign: { by: 'default' },
        },
        P: after,
      },
    };
    expect((await new Harness().run(machine, { v: true })).output).toEqual({ by: 'rule' });
    expect((await new Harness().run(machine, { v: false })).output).toEqual({ by: 'default' });
  });

  test('a Condition must be true or false', async () => {
    const States = {
      C: { Type: 'Choice', Choices: [{ Condition: "{% 'yes' %}", Next: 'P' }], Default: 'P' },
      P: { Type: 'Pass', End: true },
    };
    const ran = await new Harness().run({ QueryLanguage: 'JSONata', StartAt: 'C', States });
    expect(ran.cause).toContain("specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean'");
  });
});

describe('patterns of StringMatches', () => {
  test('a text matches itself, escaped, and itself with any part replaced by a star', () => {
    const escaped = (text: string): string => text.replaceAll(/[\\*]/g, '\\$&');
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (start, middle, end) => {
        const text = start + middle + end;
        expect(matchesPattern(text, escaped(text))).toBe(true);
        expect(matchesPattern(text, `${escaped(start)}*${escaped(end)}`)).toBe(true);
        expect(matchesPattern(`${text}x`, escaped(text))).toBe(false);
      }),
    );
  });
});
