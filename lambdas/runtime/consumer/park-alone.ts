import { transact } from '../inbox/transact.ts';
import type { ParkingReason } from '../parking/parked.ts';
import { shortDetail } from '../parking/parked-items.ts';
import { parkWrites } from '../parking/store.ts';
import type { Arrival } from './lanes.ts';
import type { Outcome } from './outcome.ts';
import { parkedMessage } from './park.ts';
import type { ConsumerParts } from './parts.ts';

/** Parks a message that is in no subject's order. */
export async function parkAlone(
  parts: ConsumerParts,
  { delivery, reading }: Arrival,
  reason: ParkingReason,
  detail: string,
): Promise<Outcome> {
  const message = { body: delivery.body, origin: delivery.messageId };
  await transact(parts.client, parkWrites(parts.parkingTable, parkedMessage(parts.owner, message, reading, reason, detail, Date.now())));
  const event = reading.kind === 'unreadable' ? {} : { eventId: reading.event.id, subject: reading.event.subject };
  parts.log.warn('Parked an event', { messageId: delivery.messageId, ...event, reason, detail: shortDetail(detail) });
  return { kind: 'parked', reason };
}
