/** The error of a handler that got what its kind of source does not send: it was invoked by hand, or is behind something else. */
export class WrongEventError extends TypeError {
  readonly code = 'MILLRACE_WRONG_EVENT';

  /** @param lacks what the event has not, `Records` */
  constructor(handler: string, source: string, lacks: string) {
    super(
      `${handler} takes ${source}; this event has no ${lacks}. Look at what invokes the function, and at the event when it is invoked by hand.`,
    );
    this.name = 'WrongEventError';
  }
}

/** @throws {@link WrongEventError} when the event is no batch of records */
export function requireRecords(event: { readonly Records: readonly unknown[] }, handler: string, source: string): void {
  // Whoever may invoke the function decides what comes.
  const given: unknown = event;
  if (typeof given === 'object' && given !== null && 'Records' in given && Array.isArray(given.Records)) return;
  throw new WrongEventError(handler, source, 'Records');
}
