/**
 * What ties an event to the request or event that caused it. It is passed on explicitly, through the context object of each handler.
 *
 * - `correlationid`: the whole business flow, the same from the first request to the last event.
 * - `causationid`: the one request or event that directly caused this.
 * - `traceparent`: W3C Trace Context (https://www.w3.org/TR/trace-context/), as the CloudEvents extension *distributed tracing* names it.
 */
export interface Correlation {
  readonly correlationid: string;
  readonly causationid?: string;
  readonly traceparent?: string;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Whether `value` is a traceparent header of version 00 with non-zero ids. */
export function isTraceparent(value: string): boolean {
  return TRACEPARENT.test(value);
}

/** The correlation of what is caused by `event`: same flow, this event as the cause. */
export function causedBy(event: { readonly id: string; readonly correlationid: string; readonly traceparent?: string }): Correlation {
  return {
    correlationid: event.correlationid,
    causationid: event.id,
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
  };
}
