import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { LIMITS } from '../limits.ts';
import { ExecutionFault } from './failure.ts';

/** What an event says beside its type: the members of its details, data as JSON text. */
export type EventDetails = Readonly<Record<string, unknown>>;

interface Entry {
  readonly type: HistoryEventType;
  readonly at: number;
  readonly previous: number;
  readonly details: EventDetails | undefined;
}

const ENDINGS: ReadonlySet<HistoryEventType> = new Set([
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionAborted',
  'ExecutionTimedOut',
] satisfies HistoryEventType[]);

/** The events of one execution, kept small: data is shared with the states it passed between. */
export class History {
  readonly #entries: Entry[] | undefined;
  readonly #limit: number;
  #count = 0;

  /** @param kept whether events can be read later; an Express execution and a distributed Map's child only count theirs */
  constructor(kept: boolean) {
    this.#entries = kept ? [] : undefined;
    this.#limit = kept ? LIMITS.historyEvents : LIMITS.expressEvents;
  }

  get length(): number {
    return this.#count;
  }

  /**
   * Adds an event.
   *
   * @returns its id
   * @throws ExecutionFault when the history is full: the last event is the failure that says so
   */
  add(type: HistoryEventType, at: number, previous: number, details?: EventDetails): number {
    if (this.#count >= this.#limit - 1 && !ENDINGS.has(type)) {
      throw new ExecutionFault(`The execution reached the maximum number of history events (${this.#limit}).`);
    }
    this.#count += 1;
    this.#entries?.push({ type, at, previous, details });
    return this.#count;
  }

  /** Events `from` (an index) up to `to`, as the API gives them. */
  slice(from: number, to: number, withData: boolean): HistoryEvent[] {
    return (this.#entries ?? []).slice(from, to).map((entry, at) => asEvent(entry, from + at + 1, withData));
  }
}

function asEvent(entry: Entry, id: number, withData: boolean): HistoryEvent {
  const event: Record<string, unknown> = { timestamp: new Date(entry.at), type: entry.type, id, previousEventId: entry.previous };
  if (entry.details) event[detailsMember(entry.type)] = asDetails(entry.details, withData);
  return event as unknown as HistoryEvent;
}

/** Data members, and the member that says whether they are whole. */
const DATA: Readonly<Record<string, string>> = {
  input: 'inputDetails',
  output: 'outputDetails',
  assignedVariables: 'assignedVariablesDetails',
};

function asDetails(details: EventDetails, withData: boolean): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(details)) {
    if (value === undefined) continue;
    const about = DATA[name];
    if (about === undefined) result[name] = value;
    else if (withData) {
      result[name] = value;
      result[about] = { truncated: false };
    }
  }
  return result;
}

function detailsMember(type: HistoryEventType): string {
  if (/State(?:Entered|Exited)$/.test(type)) return type.endsWith('Entered') ? 'stateEnteredEventDetails' : 'stateExitedEventDetails';
  return `${type[0]?.toLowerCase()}${type.slice(1)}EventDetails`;
}
