import type { PutEventsRequest, PutEventsRequestEntry, PutEventsResponse, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { matchesEvent, readEvent } from '../../event-pattern/index.ts';
import type { CallContext } from '../../kernel/index.ts';
import { BusEvent, compactJson, eventHead } from './bus-event.ts';
import { busName } from './buses.ts';
import { dispatch } from './dispatch.ts';
import { validationError } from './errors.ts';
import { forwardedEvent } from './forward.ts';
import type { EventsScope, Operations } from './scope.ts';
import type { Archive, Bus } from './state.ts';

const MOST_ENTRIES = 10;
/** All entries of a request together, in bytes. */
const MOST_BYTES = 1_048_576;
const LONGEST_DETAIL_TYPE = 128;
const DAY_MS = 86_400_000;

/**
 * An entry for a bus that does not exist is answered as if it had been delivered, as AWS does; the local cloud notes it.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
function putEvents(input: PutEventsRequest, scope: EventsScope, { principal }: CallContext): PutEventsResponse {
  const entries = input.Entries ?? [];
  if (entries.length === 0 || entries.length > MOST_ENTRIES) throw wrongCount(entries);
  const bytes = entries.reduce((sum, entry) => sum + entrySize(entry), 0);
  if (bytes > MOST_BYTES) throw validationError('Total size of the entries in the request is over the limit.');
  const results = entries.map((entry) => putEvent(entry, scope, principal));
  return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results };
}

function wrongCount(entries: readonly PutEventsRequestEntry[]): Error {
  const values = entries.map(
    (entry) =>
      `PutEventsRequestEntry(time=${entry.Time?.toISOString() ?? null}, source=${entry.Source ?? null}, resources=${entry.Resources ? `[${entry.Resources.join(', ')}]` : null}, ` +
      `detailType=${entry.DetailType ?? null}, detail=${entry.Detail ?? null}, eventBusName=${entry.EventBusName ?? null}, ` +
      `traceHeader=${entry.TraceHeader ?? null}, kmsKeyIdentifier=null, internalMetadata=null)`,
  );
  const rule = entries.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MOST_ENTRIES}`;
  return validationError(
    `1 validation error detected: Value '[${values.join(', ')}]' at 'entries' failed to satisfy constraint: Member must have length ${rule}`,
  );
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
function entrySize(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return (entry.Time ? 14 : 0) + texts.reduce((sum, text) => sum + (text ? Buffer.byteLength(text) : 0), 0);
}

function putEvent(entry: PutEventsRequestEntry, scope: EventsScope, principal: string): PutEventsResultEntry {
  const { kernel, state, undelivered } = scope;
  const event = forwardedEvent(entry) ?? makeEvent(entry, scope, principal);
  if ('ErrorCode' in event) return event;
  const bus = state.buses.get(busName(entry.EventBusName));
  if (bus) {
    route(event, bus, scope);
  } else {
    const reason = `Event bus ${entry.EventBusName} does not exist.`;
    undelivered.add({ at: kernel.now(), eventId: event.head.id, resource: entry.EventBusName ?? '', reason });
  }
  return { EventId: event.head.id };
}

interface RefusedEntry {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

function makeEvent(entry: PutEventsRequestEntry, { kernel }: EventsScope, principal: string): BusEvent | RefusedEntry {
  const { Source, DetailType, Detail } = entry;
  const required = (name: string): RefusedEntry => ({
    ErrorCode: 'InvalidArgument',
    ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  });
  if (!Source) return required('Source');
  if (!DetailType) return required('DetailType');
  if (!Detail) return required('Detail');
  // Only AWS's own services speak as `aws.…`.
  if (Source.startsWith('aws.') && !principal.endsWith('.amazonaws.com')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (DetailType.length > LONGEST_DETAIL_TYPE) {
    const ErrorMessage = `Parameter DetailType is not valid. Reason: DetailType must not be longer than ${LONGEST_DETAIL_TYPE} characters.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage };
  }
  const detail = readDetail(Detail);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const now = kernel.now();
  const head = eventHead(kernel.uuid(), Source, DetailType, entry.Time?.getTime() ?? now, entry.Resources ?? []);
  return new BusEvent(head, compactJson(Detail), now, detail);
}

function readDetail(text: string): object | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return readEvent(text) as object;
  } catch {
    return undefined;
  }
}

/** Takes an event into the bus: into its archives, and to the targets of every rule that matches. */
export function route(event: BusEvent, bus: Bus, scope: EventsScope): void {
  for (const archive of bus.archives.values()) store(event, archive, scope);
  for (const rule of bus.index.match(event)) dispatch(event, rule, scope);
}

function store(event: BusEvent, archive: Archive, { kernel }: EventsScope): void {
  // A replayed event is in the archive already.
  if (event.head.replayName !== undefined) return;
  if (archive.pattern && !matchesEvent(archive.pattern, event.value)) return;
  const now = kernel.now();
  if (archive.retentionDays > 0) archive.events.expire(now - archive.retentionDays * DAY_MS);
  archive.events.add(event, now);
}

export const putEventsOperations = { PutEvents: putEvents } satisfies Operations;
