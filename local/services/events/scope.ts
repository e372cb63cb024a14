import type { CallContext, Kernel } from '../../kernel/index.ts';
import type { HttpPort } from './api-destination-request.ts';
import type { Bus, EventsState } from './state.ts';
import type { Undelivered } from './undelivered.ts';

/** What operations work on. */
export interface EventsScope {
  readonly kernel: Kernel;
  readonly state: EventsState;
  /** How API destinations are reached; without it they cannot be. */
  readonly http: HttpPort | undefined;
  /** What was dropped, and why. */
  readonly undelivered: Undelivered;
  /** Lines that rules wrote to log groups, by group. */
  readonly logs: Map<string, string[]>;
}

export type Operation<Input = object, Output extends object = object> = (input: Input, scope: EventsScope, context: CallContext) => Output;

/** Operations by their AWS names. */
export type Operations = Readonly<Record<string, (input: never, scope: EventsScope, context: CallContext) => object>>;

export type BusLookup = (name: string | undefined) => Bus;
