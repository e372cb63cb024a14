import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compareNumbers } from './number.ts';
import { orderedBinary, orderedString } from './order.ts';

export type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as the service holds it: never changed once stored, its numbers in plain form, sharing nothing with any caller. */
export type Item = Readonly<Record<string, AttributeValue>>;

export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M';
export const VALUE_TYPES: readonly ValueType[] = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M'];
export type KeyType = 'S' | 'N' | 'B';

export function typeOf(value: AttributeValue): ValueType {
  if (value.S !== undefined) return 'S';
  if (value.N !== undefined) return 'N';
  if (value.M !== undefined) return 'M';
  if (value.L !== undefined) return 'L';
  if (value.BOOL !== undefined) return 'BOOL';
  if (value.NULL !== undefined) return 'NULL';
  if (value.SS !== undefined) return 'SS';
  if (value.NS !== undefined) return 'NS';
  if (value.B !== undefined) return 'B';
  return 'BS';
}

/** Sets a member even if its name is one that an object reserves. */
export function setMember<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  else record[name] = value;
}

/** The attribute of that name, never something an object inherits. */
export function memberOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

export function copyValue(value: AttributeValue): AttributeValue {
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: value.N };
  if (value.M !== undefined) return { M: copyItem(value.M) };
  if (value.L !== undefined) return { L: value.L.map(copyValue) };
  if (value.BOOL !== undefined) return { BOOL: value.BOOL };
  if (value.NULL !== undefined) return { NULL: value.NULL };
  if (value.SS !== undefined) return { SS: [...value.SS] };
  if (value.NS !== undefined) return { NS: [...value.NS] };
  if (value.B !== undefined) return { B: new Uint8Array(value.B) };
  return { BS: (value.BS ?? []).map((bytes) => new Uint8Array(bytes)) };
}

export function copyItem(item: Item): Record<string, AttributeValue> {
  const copy: Record<string, AttributeValue> = {};
  for (const name of Object.keys(item)) {
    const value = item[name];
    if (value) setMember(copy, name, copyValue(value));
  }
  return copy;
}

/** Members of a set as strings that are equal when the members are. */
export function setMembers(value: AttributeValue): readonly string[] | undefined {
  return value.SS ?? value.NS ?? value.BS?.map(orderedBinary);
}

export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case 'S':
      return a.S === b.S;
    case 'N':
      return a.N === b.N;
    case 'BOOL':
      return a.BOOL === b.BOOL;
    case 'NULL':
      return true;
    case 'B':
      return Buffer.compare(a.B ?? new Uint8Array(), b.B ?? new Uint8Array()) === 0;
    case 'L': {
      const left = a.L ?? [];
      const right = b.L ?? [];
      return left.length === right.length && left.every((value, at) => equalTo(right[at], value));
    }
    case 'M':
      return equalItems(a.M ?? {}, b.M ?? {});
    default: {
      const left = setMembers(a) ?? [];
      const right = new Set(setMembers(b));
      return left.length === right.size && left.every((member) => right.has(member));
    }
  }
}

function equalTo(other: AttributeValue | undefined, value: AttributeValue): boolean {
  return other !== undefined && equalValues(value, other);
}

export function equalItems(a: Item, b: Item): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const value = a[name];
    return value !== undefined && equalTo(memberOf(b, name), value);
  });
}

/** Orders two strings, numbers or binary values; nothing for values of different types or of types without an order. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return compareStrings(orderedString(a.S), orderedString(b.S));
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
}

function compareStrings(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
