import type { Envelope } from 'millrace/contracts';
import type { FlightRow } from './dataset.ts';
import { FlightDeparted } from './events.ts';
import { flightId } from './flight-id.ts';

/** What the producer puts on the stream for one row. */
export interface StreamRecord {
  /** Kinesis partition key: the origin, so that the departures of one airport stay in order. */
  readonly partitionKey: string;
  /** An event, or a row that is none: it goes onto the stream as it stands and is set aside there, with the reason. */
  readonly payload: Envelope | { readonly unreadable: unknown };
}

/**
 * Turns rows into events, in their order: numbers the departures of each airport from 1, and gives each flight its id.
 *
 * @example
 * const toRecord = flightRecords(() => Date.now());
 * toRecord({ date: '2001/01/01 06:55', delay: -19, distance: 1797, origin: 'LAX', destination: 'BNA' });
 */
export function flightRecords(now: () => number): (row: unknown) => StreamRecord {
  const sequences = new Map<string, number>();
  const names = new Map<string, number>();
  return (row) => {
    if (!isFlightRow(row)) return { partitionKey: 'unreadable', payload: { unreadable: row } };
    const { origin, destination, delay, distance } = row;
    const scheduled = row.date.replaceAll('/', '-').replace(' ', 'T');
    const name = flightId(origin, destination, scheduled);
    const occurrence = (names.get(name) ?? 0) + 1;
    const sequence = (sequences.get(origin) ?? 0) + 1;
    const payload = FlightDeparted.create(
      { flightId: flightId(origin, destination, scheduled, occurrence), origin, destination, scheduled, delay, distance },
      { sequence, time: now(), correlationid: `flights-${origin}` },
    );
    names.set(name, occurrence);
    sequences.set(origin, sequence);
    return { partitionKey: origin, payload };
  };
}

function isFlightRow(row: unknown): row is FlightRow {
  const { date, delay, distance, origin, destination } = (row ?? {}) as Partial<Record<keyof FlightRow, unknown>>;
  return (
    typeof date === 'string' &&
    /^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}$/.test(date) &&
    Number.isFinite(delay) &&
    Number.isFinite(distance) &&
    [origin, destination].every((airport) => typeof airport === 'string' && /^[A-Z0-9]{3}$/.test(airport))
  );
}
