import type { SubjectHead } from '../inbox/decision.ts';
import { clearParked, headOf } from '../inbox/records.ts';
import { transact } from '../inbox/transact.ts';
import { type Parked, type ParkingReason, parkedSequenceOf, WAITING_REASONS } from '../parking/parked.ts';
import { parkedOfLine, reasonWrite } from '../parking/store.ts';
import { applyInLine } from './apply-in-line.ts';
import { unwrap } from './body.ts';
import type { KnownLine } from './lines.ts';
import { describeError } from './park.ts';
import type { ConsumerParts } from './parts.ts';
import { patience } from './patience.ts';
import { readEvent } from './when.ts';

/** How far a drain came. */
export interface Drained {
  readonly head: SubjectHead;
  /**
   * Something is left that could be handled, and nothing else brings it up: the message that moved the subject on must come again after so
   * many seconds. @default nothing waits any more, or what comes first needs a person
   */
  readonly againAfter?: number;
}

/** What became of one parked event. */
type Step =
  | { readonly kind: 'handled' | 'poison' }
  | { readonly kind: 'again'; readonly afterSeconds: number }
  | { readonly kind: 'moved'; readonly head: SubjectHead };

const PAGE = 25;
const LEAST_MS = 2_000;
/** How often others may move the head meanwhile. */
const LOOKS = 5;

/**
 * Handles what is parked and was only waiting, now that what came before is done.
 *
 * @param receives how often the message has come that moved the subject on: what waits fails as often before it is poison itself
 */
export async function drain(parts: ConsumerParts, line: KnownLine, receives: number): Promise<Drained> {
  let { head } = line;
  for (let looks = 0; looks < LOOKS; ) {
    if (parts.remainingMs() < LEAST_MS) break;
    const waiting = await parkedOfLine(parts.client, parts.parkingTable, parts.owner, line.name, { from: head.head + 1, limit: PAGE });
    if (waiting.length === 0) {
      const cleared = await transact(parts.client, [clearParked(line.at, head)]);
      if (cleared.ok) return { head: { ...head, parked: false } };
      head = headOf(cleared.failed[0]?.item, line.at.names);
      looks += 1;
    }
    for (const entry of waiting) {
      if (parkedSequenceOf(entry.id) !== head.head + 1 || !WAITING_REASONS.includes(entry.reason)) return { head };
      if (parts.remainingMs() < LEAST_MS) break;
      const step = await handleParked(parts, line, head, entry, receives);
      if (step.kind === 'poison') return { head };
      if (step.kind === 'again') return { head, againAfter: step.afterSeconds };
      if (step.kind === 'moved') {
        head = step.head;
        looks += 1;
        break;
      }
      head = { ...head, head: head.head + 1 };
    }
    if (!head.parked) return { head };
  }
  return { head, againAfter: 1 };
}

async function handleParked(parts: ConsumerParts, line: KnownLine, head: SubjectHead, entry: Parked, receives: number): Promise<Step> {
  const stop = async (reason: ParkingReason, detail: string): Promise<Step> => {
    const written = await transact(parts.client, [reasonWrite(parts.parkingTable, entry, reason, detail)]);
    if (!written.ok) return { kind: 'again', afterSeconds: 1 };
    parts.log.warn('Parked an event', { eventId: entry.eventId, reason, detail });
    return { kind: 'poison' };
  };
  const reading = readEvent(unwrap(entry.payload), parts.registrations);
  if (reading.kind === 'unreadable' || reading.kind === 'invalid') return stop(reading.kind, reading.detail);
  const applied = await applyInLine(parts, reading, line.at, head, receives);
  switch (applied.kind) {
    case 'done':
      parts.log.info('Handled an event that was parked', { eventId: reading.event.id });
      return { kind: 'handled' };
    case 'inbox':
      return { kind: 'moved', head: headOf(applied.item, line.at.names) };
    case 'refused':
      return stop('refused', applied.detail);
    case 'failing': {
      const next = patience(receives, parts.maxReceives, Math.random());
      return next.kind === 'park' ? stop('failing', describeError(applied.error)) : next;
    }
  }
}
