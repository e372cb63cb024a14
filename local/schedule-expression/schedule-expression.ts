import { type Cron, nextWallTime, parseCron } from './cron.ts';
import { fromWallTime, toWallTime } from './time-zone.ts';

/** When something is to happen: `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2026-01-01T00:00:00)`. */
export type ScheduleExpression =
  | { readonly kind: 'rate'; readonly every: number }
  | { readonly kind: 'cron'; readonly cron: Cron }
  | { readonly kind: 'at'; readonly wall: number };

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** @returns undefined for an expression that AWS refuses */
export function parseScheduleExpression(text: string): ScheduleExpression | undefined {
  const parts = /^(rate|cron|at)\((.*)\)$/.exec(text);
  const inside = parts?.[2] ?? '';
  switch (parts?.[1]) {
    case 'rate':
      return parseRate(inside);
    case 'cron': {
      const cron = parseCron(inside);
      return cron && { kind: 'cron', cron };
    }
    case 'at': {
      const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inside) ? Date.parse(`${inside}Z`) : Number.NaN;
      return Number.isNaN(wall) ? undefined : { kind: 'at', wall };
    }
    default:
      return undefined;
  }
}

function parseRate(text: string): ScheduleExpression | undefined {
  const [, digits, unit] = /^(\d{1,9}) (minute|hour|day)s?$/.exec(text) ?? [];
  const value = Number(digits);
  if (!unit || value < 1) return undefined;
  return { kind: 'rate', every: value * (UNITS[unit] ?? 0) };
}

/** EventBridge rules demand the singular for 1 and the plural for more; EventBridge Scheduler does not care. */
export function hasGrammaticalNumber(text: string): boolean {
  const [, digits, plural] = /^rate\((\d+) (?:minute|hour|day)(s?)\)$/.exec(text) ?? [];
  return digits === undefined || (Number(digits) === 1) === (plural === '');
}

export interface OccurrenceOptions {
  /** Zone of the expression's clock. @default 'UTC' */
  readonly timeZone?: string;
  /** The instant that a rate counts from: the first time it is due. */
  readonly first: number;
}

/**
 * The first instant after `after` at which the schedule is due, in epoch milliseconds; undefined when there is none.
 * Wall-clock times that a zone skips (spring forward) are left out; those it shows twice happen once, the first time.
 */
export function nextOccurrence(expression: ScheduleExpression, after: number, options: OccurrenceOptions): number | undefined {
  const zone = options.timeZone ?? 'UTC';
  switch (expression.kind) {
    case 'rate': {
      if (after < options.first) return options.first;
      return options.first + (Math.floor((after - options.first) / expression.every) + 1) * expression.every;
    }
    case 'at': {
      const instant = fromWallTime(expression.wall, zone);
      return instant !== undefined && instant > after ? instant : undefined;
    }
    case 'cron': {
      let wall: number | undefined = toWallTime(after, zone);
      for (;;) {
        wall = nextWallTime(expression.cron, wall);
        if (wall === undefined) return undefined;
        const instant = fromWallTime(wall, zone);
        if (instant !== undefined && instant > after) return instant;
      }
    }
  }
}
