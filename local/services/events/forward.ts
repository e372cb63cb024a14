import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { AwsError, type Kernel } from '../../kernel/index.ts';
import type { BusEvent } from './bus-event.ts';

/** Carries the event itself from bus to bus: it keeps its id, account and time, which `PutEvents` alone would not. */
const FORWARDED = Symbol('forwarded event');

interface ForwardedEntry extends PutEventsRequestEntry {
  readonly [FORWARDED]?: BusEvent;
}

/** Puts an event on another bus; rejects when that bus does not exist. */
export async function forwardToBus(kernel: Kernel, busArn: string, event: BusEvent, principal: string, sourceArn: string): Promise<void> {
  const entry: ForwardedEntry = {
    EventBusName: busArn,
    Source: event.head.source,
    DetailType: event.head.detailType,
    Detail: event.detail,
    [FORWARDED]: event,
  };
  const output = await kernel.call({ service: 'events', operation: 'PutEvents', input: { Entries: [entry] }, principal, sourceArn });
  const failed = (output as { Entries?: { ErrorCode?: string; ErrorMessage?: string }[] }).Entries?.find(({ ErrorCode }) => ErrorCode);
  if (failed) throw new AwsError(failed.ErrorCode ?? '', failed.ErrorMessage ?? '');
}

/** The event that an entry carries from another bus. */
export function forwardedEvent(entry: PutEventsRequestEntry): BusEvent | undefined {
  return (entry as ForwardedEntry)[FORWARDED];
}
