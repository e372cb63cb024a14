import type { Correlation } from '../../contracts/index.ts';
import type { Log } from './log.ts';

/** What every handler of the runtime is given beside its input: passed on explicitly, to the outbox and to whatever it calls. */
export interface HandlerContext {
  /** Of the request or event being handled; hand it to `outbox.commit` so that the events it causes carry it on. */
  readonly correlation: Correlation;
  /** Bound to the correlation. */
  readonly log: Log;
  /** Lambda's id of the invocation. */
  readonly requestId: string;
  /** Milliseconds until the function is killed. */
  remainingMs(): number;
}
