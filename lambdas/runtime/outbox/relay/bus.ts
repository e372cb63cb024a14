import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { asFailure } from '../aws-failure.ts';
import type { PendingEvent } from './lane.ts';
import type { EntryOutcome } from './plan-round.ts';

/** Publishes events; answers for each of them. */
export type Publish = (events: readonly PendingEvent[]) => Promise<readonly EntryOutcome[]>;

/** Answers that condemn the entry itself. Anything else (throttles, internal faults, a missing bus or permission) can be mended and is tried again. */
const REFUSALS = new Set(['MalformedDetail', 'InvalidArgument', 'ValidationException', 'EntryTooLarge']);

/** Publishes to an event bus, and reads what it says to each entry: a request can succeed with failed entries inside. */
export function publishTo(bus: string, client: EventBridgeClient): Publish {
  const publish: Publish = async (events) => {
    try {
      const answer = await client.send(new PutEventsCommand({ Entries: events.map((event) => entryOf(event, bus)) }));
      const entries = answer.Entries ?? [];
      return events.map((_event, at) => outcomeOf(entries[at]));
    } catch (error) {
      const { name: code, message } = asFailure(error);
      if (!REFUSALS.has(code)) return events.map(() => ({ kind: 'failed', code, message }));
      if (events.length === 1) return [{ kind: 'refused', code, message }];
      // The request was refused as a whole: alone, each entry shows whether it is the one.
      const outcomes: EntryOutcome[] = [];
      for (const event of events) outcomes.push(...(await publish([event])));
      return outcomes;
    }
  };
  return publish;
}

function outcomeOf(
  entry:
    | { readonly EventId?: string | undefined; readonly ErrorCode?: string | undefined; readonly ErrorMessage?: string | undefined }
    | undefined,
): EntryOutcome {
  if (entry?.ErrorCode) {
    const { ErrorCode: code, ErrorMessage: message = '' } = entry;
    return { kind: REFUSALS.has(code) ? 'refused' : 'failed', code, message };
  }
  if (entry?.EventId) return { kind: 'published' };
  return { kind: 'failed', code: 'NoAnswer', message: 'The bus said nothing of this entry.' };
}

function entryOf(event: PendingEvent, bus: string): PutEventsRequestEntry {
  const trace = traceHeader(event.traceparent);
  return {
    EventBusName: bus,
    Source: event.source,
    DetailType: event.type,
    Detail: event.text,
    Time: new Date(event.time),
    ...(trace === undefined ? {} : { TraceHeader: trace }),
  };
}

/** A W3C traceparent as X-Ray writes it, so that the trace goes on behind the bus. */
function traceHeader(traceparent: string | undefined): string | undefined {
  const [, epoch, unique, parent, flags] = /^00-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (!epoch || !unique || !parent || !flags) return undefined;
  return `Root=1-${epoch}-${unique};Parent=${parent};Sampled=${Number.parseInt(flags, 16) & 1}`;
}
