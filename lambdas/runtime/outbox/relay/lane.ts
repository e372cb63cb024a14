import { entryBytes, MAX_ENTRY_BYTES } from '../event-size.ts';

/** An event that waits: its text as the item holds it, and what publishing needs to know of it. */
export interface PendingEvent {
  readonly text: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time: string;
  readonly traceparent: string | undefined;
  readonly bytes: number;
}

/** Why an event cannot be published, ever. */
export interface Poison {
  readonly code: string;
  readonly message: string;
}

/**
 * The events of one aggregate, in order: the unit that must not be overtaken.
 *
 * `next` is the event to publish; everything before it is published. A lane moves only when the bus has acknowledged that event.
 */
export interface Lane {
  /** Value of the partition key of the aggregate's item. */
  readonly key: string;
  /** Texts of all pending events, oldest first. */
  readonly texts: readonly string[];
  readonly next: number;
  /** Tries of the event at `next`. */
  readonly tries: number;
  /** Why the event at `next` never can be published. */
  readonly poison: Poison | undefined;
}

/** @param published text of the last event that is known to be published: the lane starts behind it */
export function openLane(key: string, texts: readonly string[], published?: string): Lane {
  const next = published === undefined ? 0 : texts.lastIndexOf(published) + 1;
  return { key, texts, next, tries: 0, poison: undefined };
}

/** The event that is to be published next; undefined when all are, or the lane is blocked. */
export function headOf(lane: Lane): string | undefined {
  return lane.poison ? undefined : lane.texts[lane.next];
}

/** The last event of the lane that is published; undefined when none is. */
export function lastPublished(lane: Lane): string | undefined {
  return lane.next === 0 ? undefined : lane.texts[lane.next - 1];
}

export function isFinished(lane: Lane): boolean {
  return lane.next === lane.texts.length;
}

/** Reads a pending event; what cannot be read or sent is poison before it is tried. */
export function readEvent(text: string): PendingEvent | Poison {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    return { code: 'NotJson', message: error instanceof Error ? error.message : String(error) };
  }
  const { source, type, time, traceparent } = (event ?? {}) as Record<string, unknown>;
  if (typeof source !== 'string' || typeof type !== 'string' || typeof time !== 'string' || Number.isNaN(Date.parse(time))) {
    return { code: 'NotAnEnvelope', message: 'It lacks a source, a type or a time.' };
  }
  const bytes = entryBytes({ source, type, detail: text });
  if (bytes > MAX_ENTRY_BYTES) return { code: 'EntryTooLarge', message: `It has ${bytes} bytes; the bus takes ${MAX_ENTRY_BYTES}.` };
  return { text, source, type, time, traceparent: typeof traceparent === 'string' ? traceparent : undefined, bytes };
}

export function isPoison(read: PendingEvent | Poison): read is Poison {
  return 'code' in read;
}
