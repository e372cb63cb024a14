import type { Item } from '../values/attribute-value.ts';
import { type KeyAttribute, type KeySchema, keyText, partitionText, sortPart } from './schema.ts';
import { SortedList } from './sorted-list.ts';

/** An item with its size; never changed. */
export interface StoredItem {
  readonly item: Item;
  readonly size: number;
}

/** Where an entry lies: by the hash of its partition key, as DynamoDB spreads partitions; then by partition and sort key. */
export interface Place {
  readonly hash: number;
  readonly partition: string;
  readonly sort: string;
  /** Tells entries of an index apart that have the same key: the key in the table. */
  readonly tie: string;
}

export interface Entry extends Place {
  readonly stored: StoredItem;
}

export function comparePlaces(a: Place, b: Place): number {
  if (a.hash !== b.hash) return a.hash - b.hash;
  if (a.partition !== b.partition) return a.partition < b.partition ? -1 : 1;
  if (a.sort !== b.sort) return a.sort < b.sort ? -1 : 1;
  if (a.tie === b.tie) return 0;
  return a.tie < b.tie ? -1 : 1;
}

/** Whether the entry lies after the given partition's entries up to a sort key. */
export function comparePartition(place: Place, hash: number, partition: string): number {
  if (place.hash !== hash) return place.hash - hash;
  return place.partition === partition ? 0 : place.partition < partition ? -1 : 1;
}

/** The place of an item under a key schema; undefined if it lacks a key attribute, or has it in another type (a sparse index). */
export function placeOf({ hashes, ranges }: KeySchema, item: Item, tie = ''): Place | undefined {
  const partitionTexts = textsOf(hashes, item);
  const sortTexts = partitionTexts && textsOf(ranges, item);
  if (!sortTexts) return undefined;
  const partition = partitionText(partitionTexts);
  const [only = ''] = sortTexts;
  const sort = sortTexts.length > 1 ? sortTexts.map(sortPart).join('') : only;
  return { hash: hashOf(partition), partition, sort, tie };
}

function textsOf(attributes: readonly KeyAttribute[], item: Item): string[] | undefined {
  const texts: string[] = [];
  for (const { name, type } of attributes) {
    const value = item[name];
    if (!value || value[type] === undefined) return undefined;
    texts.push(keyText(value));
  }
  return texts;
}

export const HASHES = 0x1_0000_0000;

/** FNV-1a over code units, its bits mixed (murmur3's finaliser) so that neighbouring keys are spread over the whole range. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The entries of a table or of an index. */
export function keyedItems(): SortedList<Entry> {
  return new SortedList<Entry>(comparePlaces);
}
