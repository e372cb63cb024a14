import { parseTimestamp } from '../../asl/timestamp.ts';
import type { Json } from '../../json.ts';

/** A data test of a Choice rule: whether a value stands in a relation to another. Values of the wrong type do not. */
type Comparison = (value: Json, other: Json) => boolean;

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  GreaterThan: (order) => order > 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThanEquals: (order) => order >= 0,
};

/** Data tests that compare with a second value, which may come from a path (`…Path`). */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  BooleanEquals: (value, other) => typeof value === 'boolean' && value === other,
  StringMatches: (value, other) => typeof value === 'string' && typeof other === 'string' && matchesPattern(value, other),
  ...each('String', (value) => (typeof value === 'string' ? value : undefined)),
  ...each('Numeric', (value) => (typeof value === 'number' ? value : undefined)),
  ...each('Timestamp', (value) => (typeof value === 'string' ? parseTimestamp(value) : undefined)),
};

function each(prefix: string, read: (value: Json) => string | number | undefined): Record<string, Comparison> {
  return Object.fromEntries(
    Object.entries(ORDERS).map(([name, holds]) => [
      `${prefix}${name}`,
      (value: Json, other: Json) => {
        const [left, right] = [read(value), read(other)];
        return left !== undefined && right !== undefined && holds(left < right ? -1 : left > right ? 1 : 0);
      },
    ]),
  );
}

/** Data tests of a value's type. */
export const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => typeof value === 'number',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => typeof value === 'string' && parseTimestamp(value) !== undefined,
};

/** Whether a text matches a pattern in which `*` stands for any text and `\*` for itself. */
export function matchesPattern(text: string, pattern: string): boolean {
  const source = pattern.replaceAll(/\\([\\*])|(\*)|([.+?^${}()|[\]\\/])/g, (found, escaped?: string, star?: string) =>
    star === undefined ? (escaped === undefined ? `\\${found}` : `\\${escaped}`) : '[\\s\\S]*',
  );
  return new RegExp(`^${source}$`).test(text);
}
