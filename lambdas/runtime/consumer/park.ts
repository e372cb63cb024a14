import { sequenceOf } from '../../contracts/index.ts';
import { lineOf } from '../inbox/records.ts';
import { type Parked, type ParkingReason, parkedIdOf, unreadableIdOf } from '../parking/parked.ts';
import type { Reading } from './when.ts';

/** A message that is set aside, with everything needed to look into it and to let it go on. */
export function parkedMessage(
  owner: string,
  message: { readonly body: string; readonly origin: string },
  reading: Reading<unknown>,
  reason: ParkingReason,
  detail: string,
  now: number,
): Parked {
  const common = { owner, reason, detail, payload: message.body, parkedAt: now, origin: message.origin };
  if (reading.kind === 'unreadable') return { ...common, id: unreadableIdOf(message.origin) };
  const { event } = reading;
  return {
    ...common,
    id: parkedIdOf(lineOf(event), sequenceOf(event)),
    eventId: event.id,
    type: event.type,
    correlationid: event.correlationid,
  };
}

/** What went wrong, in a text short enough for an item. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  const cause = error instanceof Error && error.cause !== undefined ? `\nCaused by: ${String(error.cause)}` : '';
  return `${text}${cause}`.slice(0, 4_000);
}
