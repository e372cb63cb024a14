import { causedBy } from '../../contracts/index.ts';
import type { HandlerContext } from '../context/index.ts';
import { type FailedCondition, type TransactItem, transact } from '../inbox/transact.ts';
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

/**
 * Runs the handler and commits: the inbox record first, then its effects, in one transaction.
 *
 * @param inbox writes of the inbox; the condition of the first decides whether the event was handled before
 */
export async function apply(
  parts: ConsumerParts,
  reading: Extract<Reading, { kind: 'event' | 'other' }>,
  inbox: readonly TransactItem[],
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
      const committed = await transact(parts.client, [...inbox, ...unit.writes]);
      if (committed.ok) return { kind: 'done' };
      const [first] = committed.failed;
      if (first?.index === 0) return { kind: 'inbox', item: first.item };
      if (run === RUNS) return { kind: 'failing', error: conflict(committed.failed, inbox.length) };
    } catch (error) {
      if (error instanceof Refusal) return { kind: 'refused', detail: error.message };
      context.log.warn('The handler failed', { error: error as Error });
      return { kind: 'failing', error };
    }
  }
}

function conflict(failed: readonly FailedCondition[], offset: number): Error {
  const which = failed.map(({ index }) => index - offset + 1).join(', ');
  return new Error(`The condition of effect ${which} failed ${RUNS} times, each time after the handler had read afresh.`);
}
