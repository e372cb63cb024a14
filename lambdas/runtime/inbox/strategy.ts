/** How a consumer knows what it has handled. */
export type InboxStrategy = BySequence | ById | InItem;

/** One item per subject: its head. Knows duplicates, order and gaps; does not grow with the number of events. */
export interface BySequence {
  readonly kind: 'by-sequence';
}

/** As by sequence, but the head of a subject lies in an item of the consumer's own: one write for effect and record. */
export interface InItem {
  readonly kind: 'in-item';
  item(line: { readonly source: string; readonly subject: string }): ItemPlace;
}

/** Place of an item. */
export interface ItemPlace {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
}

/** One item per event, forgotten after a time. Knows duplicates only. */
export interface ById {
  readonly kind: 'by-id';
  readonly ttlDays: number;
}

/**
 * Remembers, for every subject, the last sequence that was handled.
 *
 * Events of a subject are then handled once and in order; an event that comes too early is held, and parked when what it waits for does not
 * come. The consumer must therefore be sent **every** event of its subjects: behind a filter that drops some types, use {@link byId}.
 */
export function bySequence(): BySequence {
  return { kind: 'by-sequence' };
}

/**
 * As {@link bySequence}, for consumers whose effect on a subject is one item of that subject: the item carries the inbox record, so that an event
 * costs one conditional write and no transaction. A handler that writes other items as well gets a transaction.
 *
 * @param item the item of a subject; the handler's `Update` of it carries the record, and other events of the subject touch it too. Consumers may
 * share an item, and so may subjects of several sources. A `Put` would erase what they keep there: it can create the item only
 * @example
 * consumer({ inbox: inItem(({ subject }) => ({ table: 'profiles', key: { pk: subject } })), on: [...] });
 */
export function inItem(item: InItem['item']): InItem {
  return { kind: 'in-item', item };
}

/**
 * Remembers the id of every event for a time: for sources without order, and for consumers behind a filter.
 *
 * @param options.ttlDays how long a duplicate is recognised; keep it above the retention of the queue and of what can replay into it. @default 30
 */
export function byId(options: { readonly ttlDays?: number } = {}): ById {
  const ttlDays = options.ttlDays ?? 30;
  if (!(ttlDays >= 1)) throw new RangeError(`byId: ttlDays is ${ttlDays}; it must be 1 or more.`);
  return { kind: 'by-id', ttlDays };
}
