/** Thrown by an effect that certainly did not happen: its lease is given back at once. */
export class NotDone extends Error {
  override readonly name = 'NotDone';
  readonly code = 'MILLRACE_NOT_DONE';
}

/**
 * - `MILLRACE_EFFECT_BUSY`: somebody else is at it.
 * - `MILLRACE_EFFECT_UNKNOWN`: nobody knows whether it happened; it is parked.
 * - `MILLRACE_EFFECT_RESULT_LOST`: it happened, but its result could not be stored.
 */
export class SideEffectError extends Error {
  override readonly name = 'SideEffectError';
  readonly code: 'MILLRACE_EFFECT_BUSY' | 'MILLRACE_EFFECT_UNKNOWN' | 'MILLRACE_EFFECT_RESULT_LOST';

  constructor(code: SideEffectError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
