import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextOccurrence, parseScheduleExpression } from '../../../local/schedule-expression/index.ts';

const time = (text: string): number => Date.parse(text);

/** The next `count` times after `after`. */
function occurrences(text: string, after: string, count: number, timeZone = 'UTC'): string[] {
  const expression = parseScheduleExpression(text);
  if (!expression) throw new Error(`${text} is refused`);
  const found: string[] = [];
  let at: number | undefined = time(after);
  while (found.length < count) {
    at = nextOccurrence(expression, at, { timeZone, first: time(after) });
    if (at === undefined) break;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

describe('cron', () => {
  it.each([
    ['cron(15 10 ? * 6L 2026)', '2026-01-01', ['2026-01-30T10:15', '2026-02-27T10:15', '2026-03-27T10:15']],
    ['cron(0 2 ? * SAT#3 *)', '2026-01-01', ['2026-01-17T02:00', '2026-02-21T02:00']],
    ['cron(0/5 5 ? JAN 5-7 2026)', '2026-01-01T05:51', ['2026-01-01T05:55', '2026-01-02T05:00']],
    ['cron(0 8 L * ? *)', '2026-01-31T09:00', ['2026-02-28T08:00', '2026-03-31T08:00']],
    ['cron(0 8 LW * ? *)', '2026-01-01', ['2026-01-30T08:00', '2026-02-27T08:00']],
    ['cron(0 8 1W * ? *)', '2026-01-15', ['2026-02-02T08:00', '2026-03-02T08:00', '2026-04-01T08:00']],
    ['cron(0 18 ? * MON-FRI *)', '2026-01-02T18:00', ['2026-01-05T18:00']],
    [
      'cron(0 0 ? * FRI-MON *)',
      '2026-01-01',
      ['2026-01-02T00:00', '2026-01-03T00:00', '2026-01-04T00:00', '2026-01-05T00:00', '2026-01-09T00:00'],
    ],
    ['cron(0 0 29 2 ? *)', '2026-01-01', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(0-15/10 8-8 ? * 2,3 *)', '2026-01-01', ['2026-01-05T08:00', '2026-01-05T08:10', '2026-01-06T08:00']],
    ['cron(15 10 ? * 6L 2002-2005)', '2026-01-01', []],
  ])('%s after %s', (text, after, expected) => {
    expect(occurrences(text, `${after}Z`, Math.max(1, expected.length))).toEqual(expected);
  });

  it('is left out where clocks skip its time, and happens once where they show it twice', () => {
    const zone = 'America/New_York';
    expect(occurrences('cron(30 2 * * ? *)', '2026-03-07T00:00Z', 3, zone)).toEqual([
      '2026-03-07T07:30',
      '2026-03-09T06:30',
      '2026-03-10T06:30',
    ]);
    expect(occurrences('cron(30 1 * * ? *)', '2026-10-31T12:00Z', 2, zone)).toEqual(['2026-11-01T05:30', '2026-11-02T06:30']);
    expect(occurrences('cron(0 9 * * ? *)', '2026-06-01T00:00Z', 1, 'Asia/Kolkata')).toEqual(['2026-06-01T03:30']);
  });

  it.each([
    'cron(0 1 * * * *)',
    'cron(0 1 ? * ? *)',
    'cron(7 20 * * NOT *)',
    'cron(71 8 1 * ? *)',
    'cron(0 24 1 * ? *)',
    'cron(0 0 32 * ? *)',
    'cron(0 0 1 13 ? *)',
    'cron(0 0 ? * 8 *)',
    'cron(0 0 ? * 2#6 *)',
    'cron(0 0 1 * ?)',
    'cron()',
    'cron(0/0 0 1 * ? *)',
    'cron(0 0 1 * ? 1969)',
    'at(2026-01-01)',
    'at(2026-01-01T00:00:00Z)',
    'at(2026-13-01T00:00:00)',
    'rate(0 minutes)',
    'rate(1.5 hours)',
  ])('refuses %s', (text) => {
    expect(parseScheduleExpression(text)).toBeUndefined();
  });
});

/** A field as written, and whether it means a value: an evaluator so simple that it needs no proof. */
interface Field {
  readonly text: string;
  readonly means: (value: number) => boolean;
}

function field(min: number, max: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  return fc.oneof(
    fc.constant({ text: '*', means: () => true }),
    value.map((at) => ({ text: String(at), means: (v: number) => v === at })),
    fc
      .tuple(value, value)
      .map(([a, b]) => ({ text: `${Math.min(a, b)}-${Math.max(a, b)}`, means: (v: number) => v >= Math.min(a, b) && v <= Math.max(a, b) })),
    fc
      .tuple(value, fc.integer({ min: 1, max }))
      .map(([a, step]) => ({ text: `${a}/${step}`, means: (v: number) => v >= a && (v - a) % step === 0 })),
    fc.tuple(value, value).map(([a, b]) => ({ text: `${a},${b}`, means: (v: number) => v === a || v === b })),
  );
}

describe('cron, against trying every minute', () => {
  it('finds the first minute that all fields mean', () => {
    const day = fc.oneof(
      field(1, 31).map(({ text, means }) => ({ text: [text, '?'] as const, means: (at: Date) => means(at.getUTCDate()) })),
      field(1, 7).map(({ text, means }) => ({ text: ['?', text] as const, means: (at: Date) => means(at.getUTCDay() + 1) })),
    );
    const start = fc.integer({ min: time('2026-01-01Z'), max: time('2029-01-01Z') });
    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(1, 12), day, start, (minute, hour, month, days, after) => {
        const text = `cron(${minute.text} ${hour.text} ${days.text[0]} ${month.text} ${days.text[1]} *)`;
        const expression = parseScheduleExpression(text);
        if (!expression) throw new Error(`${text} is refused`);
        const found = nextOccurrence(expression, after, { first: after });
        const limit = Math.min(found ?? Number.POSITIVE_INFINITY, after + 40 * 86_400_000);
        for (let at = Math.floor(after / 60_000) * 60_000 + 60_000; at <= limit; at += 60_000) {
          const date = new Date(at);
          const meant =
            minute.means(date.getUTCMinutes()) && hour.means(date.getUTCHours()) && month.means(date.getUTCMonth() + 1) && days.means(date);
          if (meant !== (at === found))
            throw new Error(`${text} after ${new Date(after).toISOString()}: ${date.toISOString()} is ${meant ? 'missed' : 'wrong'}`);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('rate and at', () => {
  it('count from the first time', () => {
    expect(occurrences('rate(2 hours)', '2026-01-01T00:30Z', 2)).toEqual(['2026-01-01T02:30', '2026-01-01T04:30']);
  });

  it('mean the clock of their zone', () => {
    expect(occurrences('at(2026-07-01T09:00:00)', '2026-01-01Z', 2, 'Europe/Paris')).toEqual(['2026-07-01T07:00']);
  });
});
