import { createHash } from 'node:crypto';

const SMALLEST_CABIN = 40;
const LARGEST_CABIN = 180;

/**
 * The id of a flight: `SFO-LAX-20010101-0655`, and `…-2` for the second departure of that name.
 *
 * @param scheduled scheduled departure: `2001-01-01T06:55`
 * @param occurrence which departure of that origin, destination and minute it is, from 1
 */
export function flightId(origin: string, destination: string, scheduled: string, occurrence = 1): string {
  const [date = '', time = ''] = scheduled.split('T');
  const name = `${origin}-${destination}-${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
  return occurrence === 1 ? name : `${name}-${occurrence}`;
}

/** The airport a flight leaves from, as its id says; undefined when that is no flight's id. */
export function originOf(id: string): string | undefined {
  return /^([A-Z0-9]{3})-[A-Z0-9]{3}-\d{8}-\d{4}(-\d+)?$/.exec(id)?.[1];
}

/** Seats of a flight, 40 to 180. The data has no capacities, so it is derived from the id: the same for ever. */
export function capacityOf(id: string): number {
  const hash = createHash('sha256').update(id).digest().readUInt32BE(0);
  return SMALLEST_CABIN + (hash % (LARGEST_CABIN - SMALLEST_CABIN + 1));
}
