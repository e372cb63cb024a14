import type { CallContext, Kernel } from '../../kernel/index.ts';
import type { HttpPort } from './api-destination-request.ts';
import type { EventsState } from './state.ts';
import type { Undelivered } from './undelivered.ts';

/** What operations work on. */
export interface EventsScope {
  readonly kernel: Kernel;
  readonly state: EventsState;
  /** How API destinations are reached; without it they cannot be. */
  readonly http: HttpPort | undefined;
  /** What was dropped, and why. */
  readonly undelivered: Undelivered;
  /** Deliveries that are on their way, by target. */
  readonly inFlight: Map<string, number>;
  /** Lines that rules wrote to log groups, by group. */
  readonly logs: Map<string, string[]>;
}

/** Operations by their AWS names. */
export type Operations = Readonly<Record<string, (input: never, scope: EventsScope, context: CallContext) => object>>;
