/** What can go wrong in an outbox beside the expected outcomes of a commit. Stable: code may branch on it. */
export type OutboxErrorCode =
  /** The aggregate's item would exceed DynamoDB's 400 kB. */
  | 'MILLRACE_OUTBOX_ITEM_TOO_LARGE'
  /** An event would exceed what the bus takes. */
  | 'MILLRACE_OUTBOX_EVENT_TOO_LARGE'
  /** An event's subject is not the aggregate that is committed. */
  | 'MILLRACE_OUTBOX_OTHER_SUBJECT'
  /** An event's contract names another source than the outbox has. */
  | 'MILLRACE_OUTBOX_OTHER_SOURCE'
  | 'MILLRACE_OUTBOX_BAD_REQUEST'
  /** The item exists, but an outbox did not write it. */
  | 'MILLRACE_OUTBOX_NOT_AN_AGGREGATE'
  /** Other transactions kept the items busy through every retry. Nothing was written. */
  | 'MILLRACE_OUTBOX_CONTENTION'
  /** DynamoDB gave no answer, and the item does not tell whether the write took effect. Repeat with the same commit id. */
  | 'MILLRACE_OUTBOX_OUTCOME_UNKNOWN';

/** An outbox cannot do what it was asked to. */
export class OutboxError extends Error {
  override readonly name = 'OutboxError';
  readonly code: OutboxErrorCode;
  /** Whether the same commit can succeed later. */
  readonly retryable: boolean;

  constructor(code: OutboxErrorCode, message: string, options: { readonly retryable?: boolean; readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
