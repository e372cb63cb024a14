import type { HandlerContext } from '../context/index.ts';
import type { TransactItem } from '../inbox/index.ts';

/** The effects of one event, collected by its handler and committed with the inbox record: all of them, once. */
export interface UnitOfWork extends HandlerContext {
  /** How often the event has come, this time included. */
  readonly receives: number;
  /**
   * Adds writes: items of any table, and what an outbox plans (state and events). All of them hold or none; a condition that fails makes
   * the handler run again with fresh reads, and the event come again when it keeps failing.
   */
  write(...items: readonly TransactItem[]): void;
}

/** Thrown by a handler to say that this event can never be handled: it is parked at once, with the reason. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code = 'MILLRACE_REFUSED';
}

export interface CollectedUnit extends UnitOfWork {
  readonly writes: readonly TransactItem[];
}

export function unitOfWork(context: HandlerContext, receives: number): CollectedUnit {
  const writes: TransactItem[] = [];
  return {
    ...context,
    remainingMs: () => context.remainingMs(),
    receives,
    writes,
    write: (...items) => {
      writes.push(...items);
    },
  };
}
