/** The values that one field of a cron expression allows. */
export interface FieldRange {
  readonly min: number;
  readonly max: number;
  /** Names in order, the first standing for `min`. */
  readonly names?: readonly string[];
}

export const MINUTE: FieldRange = { min: 0, max: 59 };
export const HOUR: FieldRange = { min: 0, max: 23 };
export const DAY_OF_MONTH: FieldRange = { min: 1, max: 31 };
export const MONTH: FieldRange = { min: 1, max: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') };
export const DAY_OF_WEEK: FieldRange = { min: 1, max: 7, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') };
export const YEAR: FieldRange = { min: 1970, max: 2199 };

/** A number or a name of the field. */
export function parseValue(text: string, range: FieldRange): number | undefined {
  const named = range.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return range.min + named;
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= range.min && value <= range.max ? value : undefined;
}

/** Reads `*`, `5`, `1-5`, `0/15`, `1-30/5` and lists of these; a range may run over the end (`FRI-MON`). */
export function parseField(text: string, range: FieldRange): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const found = parsePart(part, range);
    if (!found) return undefined;
    for (const value of found) values.add(value);
  }
  return values;
}

function parsePart(part: string, range: FieldRange): number[] | undefined {
  const [span, step, ...more] = part.split('/');
  if (span === undefined || more.length > 0) return undefined;
  const every = step === undefined ? 1 : /^\d{1,4}$/.test(step) ? Number(step) : 0;
  if (every < 1) return undefined;
  const [first, last, ...others] = span.split('-');
  if (first === undefined || others.length > 0) return undefined;
  let from = range.min;
  let to = range.max;
  if (span !== '*') {
    const start = parseValue(first, range);
    const end = last === undefined ? (step === undefined ? start : range.max) : parseValue(last, range);
    if (start === undefined || end === undefined) return undefined;
    from = start;
    to = end;
  }
  const size = range.max - range.min + 1;
  const values: number[] = [];
  for (let value = from; value <= (to < from ? to + size : to); value += every) {
    values.push(range.min + ((value - range.min) % size));
  }
  return values;
}
