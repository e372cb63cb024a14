/** Why a saga turned back. */
export interface SagaFailure {
  /** Name of the step. */
  readonly step: string;
  /** `business`: the step refused. `ambiguous`: it failed or ran out of time, and may have taken effect. */
  readonly kind: 'business' | 'ambiguous';
  /** What the step gave as its reason, or the name of the error. */
  readonly reason: string;
  readonly detail?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** What the state machine of a saga sends to the function of a step. */
export interface SagaInvocation {
  readonly saga: string;
  readonly sagaId: string;
  readonly step: string;
  readonly kind: 'compensatable' | 'pivot' | 'retriable' | 'notification';
  readonly direction: 'act' | 'compensate';
  /** `<saga>/<saga id>/<step>`: the same whenever the step is tried again, and when its saga is resumed. */
  readonly key: string;
  /** Tries before this one. */
  readonly attempt: number;
  readonly input?: unknown;
  /** Results of the steps so far, by name. */
  readonly steps?: Readonly<Record<string, unknown>>;
  readonly failure?: SagaFailure;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly traceparent?: string;
}

/** What the function of a step answers. */
export type SagaAnswer =
  | { readonly sagaOutcome: 'done'; readonly output?: unknown }
  | { readonly sagaOutcome: 'failed'; readonly reason: string; readonly detail?: unknown };

/** What a saga's execution starts with. */
export interface SagaInput {
  /** Its id: the idempotency keys of its steps begin with it. @default the name of the execution */
  readonly sagaId?: string;
  /** What the steps get as their input. */
  readonly data: unknown;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly traceparent?: string;
}
