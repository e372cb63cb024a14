import type { Json } from '../json.ts';
import { IntrinsicFailure } from './failure.ts';

/** `States.Format`: puts each value where a `{}` stands; `\{`, `\}` and `\\` are the characters themselves. */
export function formatText(values: readonly Json[]): string {
  const [template, ...rest] = values;
  if (typeof template !== 'string') throw new IntrinsicFailure('The first argument must be a string');
  let used = 0;
  const text = template.replaceAll(/\\([\\{}])|\{\}/g, (_found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = rest[used];
    used += 1;
    if (value === undefined) throw new IntrinsicFailure('There are more placeholders than arguments');
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  if (used < rest.length) throw new IntrinsicFailure(`There are ${rest.length} arguments for ${used} placeholders`);
  return text;
}
