import { INEXACT_MARK } from './comparable-number.ts';

const MARKED = new RegExp(`"${INEXACT_MARK}([^"]*)${INEXACT_MARK}"`, 'g');

/** Writes a value that `readEvent` read: as `JSON.stringify` does, with numbers that doubles cannot hold as they were. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes(INEXACT_MARK) ? text.replace(MARKED, '$1') : text;
}
