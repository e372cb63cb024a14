import { sequenceOf } from '../../contracts/index.ts';
import { decideSequence, type SubjectHead } from '../inbox/decision.ts';
import { headOf, lineOf, noteParked } from '../inbox/records.ts';
import { transact } from '../inbox/transact.ts';
import type { ParkingReason } from '../parking/parked.ts';
import { shortDetail } from '../parking/parked-items.ts';
import { parkWrites } from '../parking/store.ts';
import { applyInLine } from './apply-in-line.ts';
import { drain } from './drain.ts';
import type { Arrival } from './lanes.ts';
import type { KnownLine, Lines } from './lines.ts';
import type { Outcome } from './outcome.ts';
import { describeError, parkedMessage } from './park.ts';
import { parkAlone } from './park-alone.ts';
import type { ConsumerParts } from './parts.ts';
import { patience } from './patience.ts';
import type { Reading } from './when.ts';

type Readable = Exclude<Reading, { kind: 'unreadable' }>;

/** How often a message is looked at again because its head moved meanwhile. */
const LOOKS = 5;

/** Handles one message whose subject is remembered by its head. */
export async function handleBySequence(parts: ConsumerParts, arrival: Arrival, lines: Lines): Promise<Outcome> {
  const { reading } = arrival;
  if (reading.kind === 'unreadable') return parkAlone(parts, arrival, 'unreadable', reading.detail);
  const line = lines.get(lineOf(reading.event));
  if (!line) throw new Error(`The head of ${lineOf(reading.event)} was not read.`);
  if ('problem' in line) return parkAlone(parts, arrival, 'failing', line.problem);
  for (let look = 1; look <= LOOKS; look += 1) {
    const step = await takeStep(parts, arrival, reading, line);
    if (step.head) line.head = step.head;
    if (!step.outcome) continue;
    if (!step.next || !line.head.parked) return step.outcome;
    const { head, againAfter } = await drain(parts, line, arrival.delivery.receives);
    line.head = head;
    return againAfter === undefined ? step.outcome : { kind: 'failed', afterSeconds: againAfter };
  }
  return { kind: 'held', afterSeconds: 1 };
}

interface Step {
  /** @default the head moved: look again */
  readonly outcome?: Outcome;
  readonly head?: SubjectHead;
  /**
   * Whether a parked event of its subject may be next: the subject moved on, or did so before, and whoever moved it on may have died, or
   * failed, before it saw to what waits.
   */
  readonly next?: boolean;
}

async function takeStep(parts: ConsumerParts, arrival: Arrival, reading: Readable, line: KnownLine): Promise<Step> {
  const { delivery } = arrival;
  const known = line.head;
  const park = (reason: ParkingReason, detail: string): Promise<Step> => parkInLine(parts, arrival, reading, line, reason, detail);
  switch (decideSequence(known, sequenceOf(reading.event))) {
    case 'duplicate':
      return { outcome: { kind: 'duplicate' }, next: true };
    case 'behind':
      return { ...(await park('behind', `Event ${known.head + 1} of ${lineOf(reading.event)} is parked or missing.`)), next: true };
    case 'hold': {
      const next = patience(delivery.receives, parts.maxReceives, Math.random());
      if (next.kind === 'again') return { outcome: { kind: 'held', afterSeconds: next.afterSeconds } };
      return park('gap', `Event ${known.head + 1} of ${lineOf(reading.event)} did not come in time.`);
    }
    case 'apply':
      break;
  }
  if (reading.kind === 'invalid') return park('invalid', reading.detail);
  const applied = await applyInLine(parts, reading, line.at, known, delivery.receives);
  const moved: SubjectHead = { ...known, head: known.head + 1 };
  switch (applied.kind) {
    case 'done':
      return { outcome: { kind: reading.kind === 'event' ? 'handled' : 'ignored' }, head: moved, next: true };
    case 'inbox':
      return { head: headOf(applied.item, line.at.names) };
    case 'refused':
      return park('refused', applied.detail);
    case 'failing': {
      const next = patience(delivery.receives, parts.maxReceives, Math.random());
      return next.kind === 'park'
        ? park('failing', describeError(applied.error))
        : { outcome: { kind: 'failed', afterSeconds: next.afterSeconds } };
    }
  }
}

/** Parks a message and notes it at the head of its subject, in one transaction: what comes behind it then knows. */
async function parkInLine(
  parts: ConsumerParts,
  arrival: Arrival,
  reading: Readable,
  line: KnownLine,
  reason: ParkingReason,
  detail: string,
): Promise<Step> {
  const known = line.head;
  const message = { body: arrival.delivery.body, origin: arrival.delivery.messageId };
  const written = await transact(parts.client, [
    noteParked(line.at, known, Date.now()),
    ...parkWrites(parts.parkingTable, parkedMessage(parts.owner, message, reading, reason, detail, Date.now())),
  ]);
  if (!written.ok) return { head: headOf(written.failed[0]?.item, line.at.names) };
  parts.log.warn('Parked an event', { eventId: reading.event.id, subject: reading.event.subject, reason, detail: shortDetail(detail) });
  return { outcome: { kind: 'parked', reason }, head: { head: known.head, parked: true, parkings: known.parkings + 1 } };
}
