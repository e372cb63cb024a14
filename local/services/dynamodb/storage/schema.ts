import type { AttributeValue, Item, KeyType } from '../values/attribute-value.ts';
import { orderedNumber } from '../values/number.ts';
import { orderedBinary, orderedString } from '../values/order.ts';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The key of a table or an index. */
export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute;
}

export function keyAttributes({ hash, range }: KeySchema): readonly KeyAttribute[] {
  return range ? [hash, range] : [hash];
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

/** The key of an item by itself. */
export function keyOf({ hash, range }: KeySchema, item: Item): Record<string, AttributeValue> {
  const key: Record<string, AttributeValue> = {};
  for (const attribute of range ? [hash, range] : [hash]) {
    const value = item[attribute.name];
    if (value) key[attribute.name] = value;
  }
  return key;
}

export function typeIs(value: AttributeValue, type: KeyType): boolean {
  return value[type] !== undefined;
}
