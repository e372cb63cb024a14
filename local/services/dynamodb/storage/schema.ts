import { type AttributeValue, type Item, type KeyType, memberOf } from '../values/attribute-value.ts';
import { orderedNumber } from '../values/number.ts';
import { orderedBinary, orderedString } from '../values/order.ts';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/**
 * The key of a table or an index: the attributes that name a partition, and those that order its items. A table has one of the
 * first and at most one of the second; a global index may have up to four of each.
 */
export interface KeySchema {
  readonly hashes: readonly KeyAttribute[];
  readonly ranges: readonly KeyAttribute[];
}

export function keyAttributes({ hashes, ranges }: KeySchema): readonly KeyAttribute[] {
  return ranges.length > 0 ? [...hashes, ...ranges] : hashes;
}

export type IndexKind = 'global' | 'local';

export interface IndexSchema {
  readonly name: string;
  readonly kind: IndexKind;
  readonly keys: KeySchema;
  readonly projection: { readonly type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; readonly include: readonly string[] };
  /** The attributes that its entries have; all when undefined. */
  readonly projected: ReadonlySet<string> | undefined;
}

export interface TableSchema {
  readonly keys: KeySchema;
  readonly indexes: ReadonlyMap<string, IndexSchema>;
}

/** A key attribute's value as a string; strings are in the order of the values. */
export function keyText(value: AttributeValue): string {
  if (value.S !== undefined) return orderedString(value.S);
  if (value.N !== undefined) return orderedNumber(value.N);
  return orderedBinary(value.B ?? new Uint8Array());
}

/**
 * A part of a sort key of several: ended by what is less than any other part that begins alike, so that sort keys, which are such
 * parts one after another, are in the order of their first parts, then of their second, and so on.
 */
export function sortPart(text: string): string {
  return `${escapedPart(text)}\0\0`;
}

/** The same without its end: what all parts that begin with `text` begin with. */
export function escapedPart(text: string): string {
  return text.replaceAll('\0', '\0\u0001');
}

/** Just after all sort keys with that part. */
export function afterPart(text: string): string {
  return `${escapedPart(text)}\0\u0001`;
}

/** The name of a partition by the texts of its key. */
export function partitionText(texts: readonly string[]): string {
  const [only = ''] = texts;
  return texts.length === 1 ? only : texts.map((text) => `${text.length}:${text}`).join('');
}

/** The key of an item by itself. */
export function keyOf(keys: KeySchema, item: Item): Record<string, AttributeValue> {
  const key: Record<string, AttributeValue> = {};
  for (const { name } of keyAttributes(keys)) {
    const value = memberOf(item, name);
    if (value) key[name] = value;
  }
  return key;
}
