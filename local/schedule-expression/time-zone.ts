const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

/** Whether the name is of the IANA time zone database. */
export function isTimeZone(zone: string): boolean {
  try {
    format(zone);
    return true;
  } catch {
    return false;
  }
}

/** What clocks in the zone show at an instant, in milliseconds as if it were UTC. */
export function toWallTime(instant: number, zone: string): number {
  if (zone === 'UTC') return instant;
  const parts: Record<string, number> = {};
  for (const { type, value } of format(zone).formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1_000) + 1_000) % 1_000);
}

/** The first instant at which clocks in the zone show that time; undefined when they skip it (spring forward). */
export function fromWallTime(wall: number, zone: string): number | undefined {
  if (zone === 'UTC') return wall;
  const DAY = 86_400_000;
  const offsets = [wall - DAY, wall + DAY].map((instant) => toWallTime(instant, zone) - instant);
  const instants = offsets.map((offset) => wall - offset).filter((instant) => toWallTime(instant, zone) === wall);
  return instants.length === 0 ? undefined : Math.min(...instants);
}
