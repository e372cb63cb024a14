import type { Item } from '../values/attribute-value.ts';
import { equalItems, memberOf } from '../values/attribute-value.ts';
import { attributesSize } from '../values/size.ts';
import { writeUnits } from './capacity.ts';
import { type Entry, keyedItems, type Place, placeOf, type StoredItem } from './keyed-items.ts';
import { type IndexSchema, type KeySchema, keyAttributes, type TableSchema } from './schema.ts';
import type { SortedList } from './sorted-list.ts';

/** What a write consumed. */
export interface WriteCost {
  readonly table: number;
  /** Units by index; indexes that the write did not touch are left out. */
  readonly indexes: ReadonlyMap<string, number>;
}

/** A secondary index: its own order of the table's items that have its key. */
export interface Index {
  readonly schema: IndexSchema;
  readonly entries: SortedList<Entry>;
  /** Size of all its entries. */
  bytes: number;
}

/** One item about to be changed: where it is, what it was, what it will be. */
export interface Replacement {
  readonly place: Place;
  readonly before: StoredItem | undefined;
  readonly after: StoredItem | undefined;
}

const NO_INDEXES: ReadonlyMap<string, number> = new Map();

/** The items of a table and the order in which each of its indexes has them. */
export class TableItems {
  readonly keys: KeySchema;
  readonly entries = keyedItems();
  readonly #indexes = new Map<string, Index>();
  #bytes = 0;

  constructor(schema: TableSchema) {
    this.keys = schema.keys;
    for (const index of schema.indexes.values()) this.addIndex(index);
  }

  get bytes(): number {
    return this.#bytes;
  }

  index(name: string): Index | undefined {
    return this.#indexes.get(name);
  }

  get(place: Place): StoredItem | undefined {
    return this.entries.get(place as Entry)?.stored;
  }

  /** Creates an index and fills it from the table. */
  addIndex(schema: IndexSchema): void {
    const index: Index = { schema, entries: keyedItems(), bytes: 0 };
    this.#indexes.set(schema.name, index);
    for (const { stored, partition, sort } of this.entries.ascending()) {
      const place = indexPlace(index, stored.item, partition, sort);
      if (!place) continue;
      index.entries.set({ ...place, stored });
      index.bytes += projectedSize(schema, stored);
    }
  }

  removeIndex(name: string): void {
    this.#indexes.delete(name);
  }

  /** Puts `after` in the place of `before`, in the table and in its indexes. `changed` says whether they differ. */
  replace({ place, before, after }: Replacement, changed: boolean): WriteCost {
    this.#bytes += (after?.size ?? 0) - (before?.size ?? 0);
    if (after) this.entries.set({ ...place, stored: after });
    else if (before) this.entries.delete(place as Entry);
    const table = writeUnits(Math.max(before?.size ?? 0, after?.size ?? 0));
    if (this.#indexes.size === 0) return { table, indexes: NO_INDEXES };
    const indexes = new Map<string, number>();
    for (const index of this.#indexes.values()) {
      const units = replaceInIndex(index, { place, before, after }, changed);
      if (units > 0) indexes.set(index.schema.name, units);
    }
    return { table, indexes };
  }
}

function indexPlace(index: Index, item: Item, partition: string, sort: string): Place | undefined {
  return placeOf(index.schema.keys, item, `${partition.length}:${partition}${sort}`);
}

/** Moves the item's entry and says how many units that took; an entry that stays as it is takes none. */
function replaceInIndex(index: Index, { place, before, after }: Replacement, changed: boolean): number {
  const { partition, sort } = place;
  const from = before && indexPlace(index, before.item, partition, sort);
  const to = after && indexPlace(index, after.item, partition, sort);
  const sizeBefore = from && before ? projectedSize(index.schema, before) : 0;
  const sizeAfter = to && after ? projectedSize(index.schema, after) : 0;
  index.bytes += sizeAfter - sizeBefore;
  if (from && to && from.partition === to.partition && from.sort === to.sort) {
    if (after) index.entries.set({ ...to, stored: after });
    return changed && before && after && projectionChanged(index.schema, before.item, after.item)
      ? writeUnits(Math.max(sizeBefore, sizeAfter))
      : 0;
  }
  if (from) index.entries.delete(from as Entry);
  if (to && after) index.entries.set({ ...to, stored: after });
  return (from ? writeUnits(sizeBefore) : 0) + (to ? writeUnits(sizeAfter) : 0);
}

function projectionChanged({ projected }: IndexSchema, before: Item, after: Item): boolean {
  if (!projected) return true;
  return !equalItems(pick(before, projected), pick(after, projected));
}

function pick(item: Item, names: Iterable<string>): Item {
  const picked: Record<string, Item[string]> = {};
  for (const name of names) {
    const value = memberOf(item, name);
    if (value) picked[name] = value;
  }
  return picked;
}

/** Size of an item's entry in an index. */
export function projectedSize({ projected }: IndexSchema, stored: StoredItem): number {
  return projected ? attributesSize(stored.item, projected) : stored.size;
}

/** The attributes that entries of an index have; undefined for all. */
export function projectedNames(
  tableKeys: KeySchema,
  indexKeys: KeySchema,
  projection: IndexSchema['projection'],
): ReadonlySet<string> | undefined {
  if (projection.type === 'ALL') return undefined;
  const keys = [...keyAttributes(tableKeys), ...keyAttributes(indexKeys)].map(({ name }) => name);
  return new Set([...keys, ...projection.include]);
}
