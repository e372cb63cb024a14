/** Extra members that an AWS error carries beside its code and text, such as `CancellationReasons` or `Item`. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface AwsErrorOptions {
  /** HTTP status. @default 400 for a client's fault, 500 for the service's */
  readonly status?: number;
  /** Whose fault it is. @default 'client' */
  readonly fault?: 'client' | 'server';
  /** Members the SDK puts on the exception. @default none */
  readonly details?: ErrorDetails;
  /** The code of the query protocol, where it differs (`AWS.SimpleQueueService.NonExistentQueue`). @default the code */
  readonly queryCode?: string;
  readonly cause?: unknown;
}

/** A refusal in AWS's own words: `code` is the exception's name as the SDK shows it, `message` AWS's text. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  readonly details: ErrorDetails;
  readonly queryCode: string;

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.fault = options.fault ?? 'client';
    this.status = options.status ?? (this.fault === 'client' ? 400 : 500);
    this.details = options.details ?? {};
    this.queryCode = options.queryCode ?? code;
  }
}
