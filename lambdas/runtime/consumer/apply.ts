import { causedBy } from '../../contracts/index.ts';
import type { HandlerContext } from '../context/index.ts';
import { type FailedCondition, type TransactItem, transact } from '../inbox/transact.ts';
import { asFailure, isOutage } from '../outbox/aws-failure.ts';
import type { ConsumerParts } from './parts.ts';
import { Refusal, unitOfWork } from './unit-of-work.ts';
import type { Reading } from './when.ts';

export type Applied =
  | { readonly kind: 'done' }
  /** The inbox record could not be written: the event was handled elsewhere, or something moved. */
  | { readonly kind: 'inbox'; readonly item: FailedCondition['item'] }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'failing'; readonly error: unknown };

/** How often the handler runs when a condition among its own effects fails, before the event has to come again. */
const RUNS = 3;

/** How the inbox record goes with the effects. */
export interface InboxWrites {
  /** All that is to be written; the first write has the record. */
  with(effects: readonly TransactItem[]): TransactItem[];
  /** Whether the first write failed because of the record, as its item shows; else because of a condition of the effect that carries it. */
  moved(item: FailedCondition['item']): boolean;
}

/**
 * Runs the handler and commits the inbox record and its effects in one transaction, or one write.
 *
 * @throws what says nothing about the event: a service that throttles, does not answer, or fails by itself
 */
export async function apply(
  parts: ConsumerParts,
  reading: Extract<Reading, { kind: 'event' | 'other' }>,
  inbox: InboxWrites,
  receives: number,
): Promise<Applied> {
  const { event } = reading;
  const correlation = causedBy(event);
  const context: HandlerContext = {
    correlation,
    log: parts.log.with({ correlationId: event.correlationid, eventId: event.id, eventType: event.type, subject: event.subject }),
    requestId: parts.requestId,
    remainingMs: parts.remainingMs,
  };
  for (let run = 1; ; run += 1) {
    try {
      const unit = unitOfWork(context, receives);
      if (reading.kind === 'event') await reading.registration.handle(event, unit);
      const committed = await transact(parts.client, inbox.with(unit.writes));
      if (committed.ok) return { kind: 'done' };
      const [first] = committed.failed;
      if (first?.index === 0 && inbox.moved(first.item)) return { kind: 'inbox', item: first.item };
      if (run === RUNS) return { kind: 'failing', error: conflict(committed.failed) };
    } catch (error) {
      if (error instanceof Refusal) return { kind: 'refused', detail: error.message };
      if (isOutage(asFailure(error))) throw error;
      context.log.warn('The handler failed', { error: error as Error });
      return { kind: 'failing', error };
    }
  }
}

function conflict(failed: readonly FailedCondition[]): Error {
  return new Error(`The conditions of ${failed.length} of its effects failed ${RUNS} times, each time after the handler had read afresh.`);
}
