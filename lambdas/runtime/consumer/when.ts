import { ContractError, type Envelope, type EventContract, type EventOf, parseEnvelope, versionOf } from '../../contracts/index.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** What is to be done about one version of one event type. */
export interface Registration {
  readonly contract: EventContract;
  handle(event: Envelope, unit: UnitOfWork): void | Promise<void>;
}

/**
 * Handles an event type. The handler reads what it needs and collects its effects in `unit`; the runtime commits them together with the
 * inbox record, so that they happen once. It may run more than once for an event (after a conflict or a crash), so it must not change
 * anything by itself: calls to the outside belong into a `sideEffect`.
 *
 * @example
 * when(BookingConfirmed, async (event, unit) => {
 *   unit.write({ Update: { TableName: 'points', Key: { pk: event.data.customerId }, UpdateExpression: 'ADD points :p', ... } });
 * });
 */
export function when<C extends EventContract>(
  contract: C,
  handle: (event: EventOf<C>, unit: UnitOfWork) => void | Promise<void>,
): Registration {
  return { contract, handle: (event, unit) => handle(event as EventOf<C>, unit) };
}

/** An event as a consumer understands it. */
export type Reading<R = Registration> =
  /** Keeps a contract that is handled. */
  | { readonly kind: 'event'; readonly event: Envelope; readonly registration: R }
  /** Of a type that is not handled. */
  | { readonly kind: 'other'; readonly event: Envelope }
  /** An envelope whose data or version no handled contract accepts. */
  | { readonly kind: 'invalid'; readonly event: Envelope; readonly detail: string }
  /** Not an envelope at all. */
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Reads one message body. */
export function readEvent<R extends { readonly contract: EventContract }>(body: unknown, registrations: readonly R[]): Reading<R> {
  let event: Envelope;
  try {
    event = parseEnvelope(body);
  } catch (error) {
    if (error instanceof ContractError) return { kind: 'unreadable', detail: error.message };
    throw error;
  }
  const ofType = registrations.filter(({ contract }) => contract.type === event.type);
  const version = versionOf(event.dataschema);
  // The contract of that version; with none, the first one says in its own words what it does not accept.
  const registration = ofType.find(({ contract }) => contract.version === version) ?? ofType[0];
  if (!registration) return { kind: 'other', event };
  try {
    return { kind: 'event', event: registration.contract.parse(event), registration };
  } catch (error) {
    if (error instanceof ContractError) return { kind: 'invalid', event, detail: error.message };
    throw error;
  }
}
