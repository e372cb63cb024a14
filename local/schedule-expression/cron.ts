import { DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH, parseField, parseValue, YEAR } from './cron-field.ts';

/** AWS's six fields: minutes, hours, day of month, month, day of week, year. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  /** Whether a day is meant, in a month of `length` days that begins on `firstWeekday` (1 is Sunday). */
  readonly isDay: DayTest;
}

type DayTest = (day: number, length: number, firstWeekday: number) => boolean;

/**
 * Reads the inside of `cron(…)`.
 *
 * @returns undefined when AWS would refuse it; exactly one of the two day fields has to be `?`
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function parseCron(text: string): Cron | undefined {
  const fields = text.split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields;
  if (fields.length !== 6 || !minute || !hour || !dayOfMonth || !month || !dayOfWeek || !year) return undefined;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  const isDay = dayOfWeek === '?' ? parseDaysOfMonth(dayOfMonth) : parseDaysOfWeek(dayOfWeek);
  const minutes = parseField(minute, MINUTE);
  const hours = parseField(hour, HOUR);
  const months = parseField(month, MONTH);
  const years = parseField(year, YEAR);
  if (!isDay || !minutes || !hours || !months || !years) return undefined;
  return { minutes: ascending(minutes), hours: ascending(hours), months, years, isDay };
}

const ascending = (values: ReadonlySet<number>): number[] => [...values].sort((a, b) => a - b);

function anyOf(parts: readonly string[], parse: (part: string) => DayTest | undefined): DayTest | undefined {
  const tests: DayTest[] = [];
  for (const part of parts) {
    const test = parse(part);
    if (!test) return undefined;
    tests.push(test);
  }
  return (day, length, firstWeekday) => tests.some((test) => test(day, length, firstWeekday));
}

const weekday = (day: number, firstWeekday: number): number => ((firstWeekday - 1 + day - 1) % 7) + 1;

/** The weekday nearest to `day` within the month: Saturday gives Friday, Sunday gives Monday. */
function nearestWeekday(day: number, length: number, firstWeekday: number): number {
  const at = weekday(day, firstWeekday);
  if (at === 7) return day > 1 ? day - 1 : day + 2;
  if (at === 1) return day < length ? day + 1 : day - 2;
  return day;
}

function parseDaysOfMonth(text: string): DayTest | undefined {
  return anyOf(text.split(','), (part) => {
    if (part === 'L') return (day, length) => day === length;
    if (part === 'LW') return (day, length, first) => day === nearestWeekday(length, length, first);
    const near = /^(\d{1,2})W$/.exec(part)?.[1];
    if (near !== undefined) {
      const target = parseValue(near, DAY_OF_MONTH);
      return target === undefined ? undefined : (day, length, first) => target <= length && day === nearestWeekday(target, length, first);
    }
    const days = parseField(part, DAY_OF_MONTH);
    return days && ((day) => days.has(day));
  });
}

function parseDaysOfWeek(text: string): DayTest | undefined {
  return anyOf(text.split(','), (part) => {
    if (part === 'L') return (day, _, first) => weekday(day, first) === 7;
    const last = /^(\w+)L$/.exec(part)?.[1];
    if (last !== undefined) {
      const target = parseValue(last, DAY_OF_WEEK);
      return target === undefined ? undefined : (day, length, first) => weekday(day, first) === target && day + 7 > length;
    }
    const [name, nth] = part.split('#');
    if (name !== undefined && nth !== undefined) {
      const target = parseValue(name, DAY_OF_WEEK);
      if (target === undefined || !/^[1-5]$/.test(nth)) return undefined;
      return (day, _, first) => weekday(day, first) === target && Math.ceil(day / 7) === Number(nth);
    }
    const days = parseField(part, DAY_OF_WEEK);
    return days && ((day, _, first) => days.has(weekday(day, first)));
  });
}

/**
 * The first moment after `after` that the expression means, both as wall-clock time in milliseconds as if it were UTC.
 *
 * @returns undefined when there is none before the year 2200
 */
export function nextWallTime(cron: Cron, after: number): number | undefined {
  const start = new Date(Math.floor(after / 60_000) * 60_000 + 60_000);
  const startYear = start.getUTCFullYear();
  for (let year = Math.max(startYear, YEAR.min); year <= YEAR.max; year += 1) {
    if (!cron.years.has(year)) continue;
    for (let month = year === startYear ? start.getUTCMonth() : 0; month < 12; month += 1) {
      if (!cron.months.has(month + 1)) continue;
      const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
      const firstWeekday = new Date(Date.UTC(year, month, 1)).getUTCDay() + 1;
      const sameMonth = year === startYear && month === start.getUTCMonth();
      for (let day = sameMonth ? start.getUTCDate() : 1; day <= length; day += 1) {
        if (!cron.isDay(day, length, firstWeekday)) continue;
        const found = firstOfDay(cron, Date.UTC(year, month, day), start.getTime());
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function firstOfDay(cron: Cron, midnight: number, from: number): number | undefined {
  for (const hour of cron.hours) {
    const top = midnight + hour * 3_600_000;
    if (top + 3_600_000 <= from) continue;
    for (const minute of cron.minutes) {
      const time = top + minute * 60_000;
      if (time >= from) return time;
    }
  }
  return undefined;
}
