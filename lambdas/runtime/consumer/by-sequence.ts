import { sequenceOf } from '../../contracts/index.ts';
import { batchGet, type Item } from '../inbox/batch-get.ts';
import { carry } from '../inbox/carry.ts';
import { decideSequence, NOTHING_HANDLED, type SubjectHead } from '../inbox/decision.ts';
import { advanceHead, clearParked, type HeadPlace, headInItem, headInTable, headOf, lineOf, noteParked } from '../inbox/records.ts';
import type { BySequence, InItem } from '../inbox/strategy.ts';
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

type Readable = Exclude<Reading, { kind: 'unreadable' }>;

/** A subject of the batch: where its head is, and how it was last seen. */
interface Line {
  readonly name: string;
  readonly at: HeadPlace;
  head: SubjectHead;
}
export type Lines = ReadonlyMap<string, Line>;

/** How often a message is looked at again because its head moved meanwhile. */
const LOOKS = 5;
const DRAIN_PAGE = 25;

/** The heads of all subjects of a batch. */
export async function readLines(parts: ConsumerParts, arrivals: readonly Arrival[], strategy: BySequence | InItem): Promise<Lines> {
  const lines = new Map<string, Line>();
  for (const { reading } of arrivals) {
    if (reading.kind === 'unreadable') continue;
    const { source, subject } = reading.event;
    const name = lineOf(reading.event);
    const at =
      strategy.kind === 'in-item'
        ? headInItem(strategy.item({ source, subject }), parts.name)
        : headInTable(parts.inboxTable, parts.name, name);
    if (!lines.has(name)) lines.set(name, { name, at, head: NOTHING_HANDLED });
  }
  for (const table of new Set([...lines.values()].map(({ at }) => at.table))) {
    const some = [...lines.values()].filter(({ at }) => at.table === table);
    const items = await batchGet(
      parts.client,
      table,
      some.map(({ at }) => at.key),
    );
    const names = Object.keys(some[0]?.at.key ?? {});
    const idOf = (item: Item): string => JSON.stringify(names.map((name) => item[name]));
    const found = new Map(items.map((item) => [idOf(item), item]));
    for (const line of some) line.head = headOf(found.get(idOf(line.at.key)), line.at.names);
  }
  return lines;
}

/** Handles one message whose subject is remembered by its head. */
export async function handleBySequence(parts: ConsumerParts, arrival: Arrival, lines: Lines): Promise<Outcome> {
  const { delivery, reading } = arrival;
  const message = { body: delivery.body, origin: delivery.messageId };
  if (reading.kind === 'unreadable') {
    const entry = parkedMessage(parts.owner, message, reading, 'unreadable', reading.detail, Date.now());
    await transact(parts.client, [parkWrite(parts.parkingTable, entry)]);
    return { kind: 'parked', reason: 'unreadable' };
  }
  const line = lines.get(lineOf(reading.event));
  if (!line) throw new Error(`The head of ${lineOf(reading.event)} was not read.`);
  for (let look = 1; look <= LOOKS; look += 1) {
    const step = await takeStep(parts, arrival, reading, line);
    if (step.head) line.head = step.head;
    if (step.outcome) {
      if (step.moved && line.head.parked) line.head = await drain(parts, line);
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

async function takeStep(parts: ConsumerParts, arrival: Arrival, reading: Readable, line: Line): Promise<Step> {
  const { delivery } = arrival;
  const known = line.head;
  const park = (reason: ParkingReason, detail: string): Promise<Step> => parkInLine(parts, arrival, reading, line, reason, detail);
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
  const applied = await applyNext(parts, reading, line.at, known, delivery.receives);
  const moved: SubjectHead = { ...known, head: known.head + 1 };
  switch (applied.kind) {
    case 'done':
      return { outcome: { kind: reading.kind === 'event' ? 'handled' : 'ignored' }, head: moved, moved: true };
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

function applyNext(
  parts: ConsumerParts,
  reading: Extract<Reading, { kind: 'event' | 'other' }>,
  at: HeadPlace,
  known: SubjectHead,
  receives: number,
): Promise<Applied> {
  const { event } = reading;
  // It may lie in the parking table too, from an earlier delivery.
  const unparks: TransactItem[] = known.parked
    ? [unparkWrite(parts.parkingTable, parts.owner, parkedIdOf(lineOf(event), sequenceOf(event)))]
    : [];
  return apply(
    parts,
    reading,
    {
      with: (effects) => [...carry(at, known, advanceHead(at, known, Date.now()), effects), ...unparks],
      moved: (item) => {
        const now = headOf(item, at.names);
        return now.head !== known.head || now.parkings !== known.parkings;
      },
    },
    receives,
  );
}

/** Parks a message and notes it at the head of its subject, in one transaction: what comes behind it then knows. */
async function parkInLine(
  parts: ConsumerParts,
  arrival: Arrival,
  reading: Readable,
  line: Line,
  reason: ParkingReason,
  detail: string,
): Promise<Step> {
  const known = line.head;
  const message = { body: arrival.delivery.body, origin: arrival.delivery.messageId };
  const written = await transact(parts.client, [
    noteParked(line.at, known, Date.now()),
    parkWrite(parts.parkingTable, parkedMessage(parts.owner, message, reading, reason, detail, Date.now())),
  ]);
  if (!written.ok) return { head: headOf(written.failed[0]?.item, line.at.names) };
  parts.log.warn('Parked an event', { eventId: reading.event.id, subject: reading.event.subject, reason, detail });
  return { outcome: { kind: 'parked', reason }, head: { head: known.head, parked: true, parkings: known.parkings + 1 } };
}

/** Handles what is parked and was only waiting, now that what came before is done. */
async function drain(parts: ConsumerParts, line: Line): Promise<SubjectHead> {
  let { head } = line;
  for (;;) {
    const waiting = await parkedOfLine(parts.client, parts.parkingTable, parts.owner, line.name, {
      from: head.head + 1,
      limit: DRAIN_PAGE,
    });
    if (waiting.length === 0) {
      const cleared = await transact(parts.client, [clearParked(line.at, head)]);
      return cleared.ok ? { ...head, parked: false } : head;
    }
    for (const entry of waiting) {
      if (parkedSequenceOf(entry.id) !== head.head + 1 || !WAITING_REASONS.includes(entry.reason)) return head;
      const reading = readEvent(unwrap(entry.payload), parts.registrations);
      if (reading.kind === 'unreadable' || reading.kind === 'invalid') return head;
      const applied = await applyNext(parts, reading, line.at, head, 1);
      if (applied.kind !== 'done') return head;
      parts.log.info('Handled an event that was parked', { eventId: reading.event.id });
      head = { ...head, head: head.head + 1 };
    }
    if (parts.remainingMs() < 2_000) return head;
  }
}
