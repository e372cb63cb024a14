const FORMAT = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?([Zz]|[+-]\d{2}:\d{2}(?::\d{2})?)$/;

/**
 * Epoch milliseconds of an ISO 8601 extended offset date-time, such as `2016-03-14T01:59:00Z`; what is finer than a millisecond is cut off.
 *
 * @returns undefined when the text is none, or names a day or time that does not exist
 */
export function parseTimestamp(text: string): number | undefined {
  const match = FORMAT.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((at) => Number(match[at] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  const millisecond = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond) - offsetMs(match[8] ?? 'Z');
}

function offsetMs(offset: string): number {
  if (offset === 'Z' || offset === 'z') return 0;
  const [hours, minutes, seconds] = offset.slice(1).split(':').map(Number);
  const total = ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
  return offset.startsWith('-') ? -total : total;
}
