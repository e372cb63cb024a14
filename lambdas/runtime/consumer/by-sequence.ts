import { sequenceOf } from '../../contracts/index.ts';
import { batchGet } from '../inbox/batch-get.ts';
import { decideSequence, NOTHING_HANDLED, type SubjectHead } from '../inbox/decision.ts';
import { advanceHead, clearParked, headKey, headOf, lineOf, noteParked } from '../inbox/records.ts';
import { type TransactItem, transact } from '../inbox/transact.ts';
import { type ParkingReason, parkedIdOf, parkedSequenceOf, WAITING_REASONS } from '../parking/parked.ts';
import { parkedOfLine, parkWrite, unparkWrite } from '../parking/store.ts';
import { type Applied, apply } from './apply.ts';
import { unwrap } from './body.ts';
import type { Arrival } from './lanes.ts';
import type { Outcome } from './outcome.ts';
import { describeError, parkedMessage } from './park.ts';
import type { ConsumerParts } from './parts.ts';
import { patience } from './patience.ts';
import { type Reading, readEvent } from './when.ts';

/** Heads by line, as last seen. */
export type Heads = Map<string, SubjectHead>;
type Readable = Exclude<Reading, { kind: 'unreadable' }>;

/** How often a message is looked at again because its head moved meanwhile. */
const LOOKS = 5;
const DRAIN_PAGE = 25;

/** The heads of all subjects of a batch. */
export async function readHeads(parts: ConsumerParts, arrivals: readonly Arrival[]): Promise<Heads> {
  const lines = new Map<string, string>();
  for (const { reading } of arrivals) {
    if (reading.kind === 'unreadable') continue;
    const line = lineOf(reading.event);
    lines.set(String(headKey(parts.name, line).pk), line);
  }
  const items = await batchGet(
    parts.client,
    parts.inboxTable,
    [...lines.keys()].map((pk) => ({ pk })),
  );
  return new Map(items.map((item) => [lines.get(String(item.pk)) ?? '', headOf(item)]));
}

/** Handles one message whose subject is remembered by its head. */
export async function handleBySequence(parts: ConsumerParts, arrival: Arrival, heads: Heads): Promise<Outcome> {
  const { delivery, reading } = arrival;
  const message = { body: delivery.body, origin: delivery.messageId };
  if (reading.kind === 'unreadable') {
    const entry = parkedMessage(parts.owner, message, reading, 'unreadable', reading.detail, Date.now());
    await transact(parts.client, [parkWrite(parts.parkingTable, entry)]);
    return { kind: 'parked', reason: 'unreadable' };
  }
  const line = lineOf(reading.event);
  for (let look = 1; look <= LOOKS; look += 1) {
    const known = heads.get(line) ?? NOTHING_HANDLED;
    const step = await takeStep(parts, arrival, reading, known);
    if (step.head) heads.set(line, step.head);
    if (step.outcome) {
      const after = heads.get(line) ?? NOTHING_HANDLED;
      if (step.moved && after.parked) heads.set(line, await drain(parts, line, after));
      return step.outcome;
    }
  }
  return { kind: 'held', afterSeconds: 1 };
}

interface Step {
  /** @default the head moved: look again */
  readonly outcome?: Outcome;
  readonly head?: SubjectHead;
  /** Whether the parked events of its subject may be next: it moved on, or did so before and may have died then. */
  readonly moved?: boolean;
}

async function takeStep(parts: ConsumerParts, arrival: Arrival, reading: Readable, known: SubjectHead): Promise<Step> {
  const { delivery } = arrival;
  const park = (reason: ParkingReason, detail: string): Promise<Step> => parkInLine(parts, arrival, reading, known, reason, detail);
  switch (decideSequence(known, sequenceOf(reading.event))) {
    case 'duplicate':
      return { outcome: { kind: 'duplicate' }, moved: true };
    case 'behind':
      return park('behind', `Event ${known.head + 1} of ${lineOf(reading.event)} is parked or missing.`);
    case 'hold': {
      const next = patience(delivery.receives, parts.maxReceives, Math.random());
      if (next.kind === 'again') return { outcome: { kind: 'held', afterSeconds: next.afterSeconds } };
      return park('gap', `Event ${known.head + 1} of ${lineOf(reading.event)} did not come in time.`);
    }
    case 'apply':
      break;
  }
  if (reading.kind === 'invalid') return park('invalid', reading.detail);
  const applied = await applyNext(parts, reading, known, delivery.receives);
  const moved: SubjectHead = { ...known, head: known.head + 1 };
  switch (applied.kind) {
    case 'done':
      return { outcome: { kind: reading.kind === 'event' ? 'handled' : 'ignored' }, head: moved, moved: true };
    case 'inbox':
      return { head: headOf(applied.item) };
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

function applyNext(
  parts: ConsumerParts,
  reading: Extract<Reading, { kind: 'event' | 'other' }>,
  known: SubjectHead,
  receives: number,
): Promise<Applied> {
  const { event } = reading;
  const inbox: TransactItem[] = [advanceHead(parts.inboxTable, headKey(parts.name, lineOf(event)), known, Date.now())];
  // It may lie in the parking table too, from an earlier delivery.
  if (known.parked) inbox.push(unparkWrite(parts.parkingTable, parts.owner, parkedIdOf(lineOf(event), sequenceOf(event))));
  return apply(parts, reading, inbox, receives);
}

/** Parks a message and notes it at the head of its subject, in one transaction: what comes behind it then knows. */
async function parkInLine(
  parts: ConsumerParts,
  arrival: Arrival,
  reading: Readable,
  known: SubjectHead,
  reason: ParkingReason,
  detail: string,
): Promise<Step> {
  const message = { body: arrival.delivery.body, origin: arrival.delivery.messageId };
  const written = await transact(parts.client, [
    noteParked(parts.inboxTable, headKey(parts.name, lineOf(reading.event)), known),
    parkWrite(parts.parkingTable, parkedMessage(parts.owner, message, reading, reason, detail, Date.now())),
  ]);
  if (!written.ok) return { head: headOf(written.failed[0]?.item) };
  parts.log.warn('Parked an event', { eventId: reading.event.id, subject: reading.event.subject, reason, detail });
  return { outcome: { kind: 'parked', reason }, head: { head: known.head, parked: true, parkings: known.parkings + 1 } };
}

/** Handles what is parked and was only waiting, now that what came before is done. */
async function drain(parts: ConsumerParts, line: string, known: SubjectHead): Promise<SubjectHead> {
  let head = known;
  for (;;) {
    const waiting = await parkedOfLine(parts.client, parts.parkingTable, parts.owner, line, { from: head.head + 1, limit: DRAIN_PAGE });
    if (waiting.length === 0) {
      const cleared = await transact(parts.client, [clearParked(parts.inboxTable, headKey(parts.name, line), head)]);
      return cleared.ok ? { ...head, parked: false } : head;
    }
    for (const entry of waiting) {
      if (parkedSequenceOf(entry.id) !== head.head + 1 || !WAITING_REASONS.includes(entry.reason)) return head;
      const reading = readEvent(unwrap(entry.payload), parts.registrations);
      if (reading.kind === 'unreadable' || reading.kind === 'invalid') return head;
      const applied = await applyNext(parts, reading, head, 1);
      if (applied.kind !== 'done') return head;
      parts.log.info('Handled an event that was parked', { eventId: reading.event.id });
      head = { ...head, head: head.head + 1 };
    }
    if (parts.remainingMs() < 2_000) return head;
  }
}
