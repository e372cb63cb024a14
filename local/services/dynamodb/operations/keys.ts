import { invalidParameter, validation } from '../errors.ts';
import { type Place, placeOf } from '../storage/keyed-items.ts';
import { type KeyAttribute, type KeySchema, keyAttributes, type TableSchema } from '../storage/schema.ts';
import { type AttributeValue, type Item, memberOf, typeOf } from '../values/attribute-value.ts';
import { textSize } from '../values/size.ts';

const MAX_HASH_BYTES = 2048;
const MAX_RANGE_BYTES = 1024;

/** The place that a request's `Key` names. @throws AwsError when it is not exactly a key of that schema */
export function placeOfKey(keys: KeySchema, key: Item): Place {
  const attributes = keyAttributes(keys);
  if (Object.keys(key).length !== attributes.length) throw schemaMismatch();
  for (const { name, type } of attributes) {
    const value = memberOf(key, name);
    if (!value || value[type] === undefined) throw schemaMismatch();
  }
  return checkedPlace(keys, key);
}

/** The place of an item that is put. @throws AwsError when its key attributes are missing, or not what the schema says */
export function placeOfItem(keys: KeySchema, item: Item): Place {
  for (const { name, type } of keyAttributes(keys)) {
    const value = memberOf(item, name);
    if (!value) throw invalidParameter(`Missing the key ${name} in the item`);
    if (value[type] === undefined) throw invalidParameter(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
  }
  return checkedPlace(keys, item);
}

function checkedPlace(keys: KeySchema, item: Item): Place {
  for (const attribute of keyAttributes(keys)) {
    const value = memberOf(item, attribute.name);
    if (value) requireNotEmpty(value, `Key: ${attribute.name}`);
  }
  requireSizes(keys, item);
  const place = placeOf(keys, item);
  if (!place) throw schemaMismatch();
  return place;
}

function requireNotEmpty(value: AttributeValue, which: string): void {
  const kind = value.S === '' ? 'string' : value.B?.length === 0 ? 'binary' : undefined;
  if (!kind) return;
  throw validation(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. ${which}`,
  );
}

function requireSizes({ hash, range }: KeySchema, item: Item): void {
  const hashValue = memberOf(item, hash.name);
  if (hashValue && keySize(hashValue) > MAX_HASH_BYTES) {
    throw invalidParameter(`Size of hashkey has exceeded the maximum size limit of${MAX_HASH_BYTES} bytes`);
  }
  const rangeValue = range && memberOf(item, range.name);
  if (rangeValue && keySize(rangeValue) > MAX_RANGE_BYTES) {
    throw invalidParameter(`Aggregated size of all range keys has exceeded the size limit of ${MAX_RANGE_BYTES} bytes`);
  }
}

function keySize(value: AttributeValue): number {
  if (value.S !== undefined) return textSize(value.S);
  return value.B?.length ?? 0;
}

/** @throws AwsError when an attribute is in the key of an index and cannot be: wrong type, empty, too large */
export function requireIndexKeys({ indexes }: TableSchema, item: Item): void {
  for (const { name: indexName, keys } of indexes.values()) {
    for (const attribute of keyAttributes(keys)) requireIndexKey(attribute, item, indexName);
    requireSizes(keys, item);
  }
}

function requireIndexKey({ name, type }: KeyAttribute, item: Item, indexName: string): void {
  const value = memberOf(item, name);
  if (!value) return;
  if (value[type] === undefined) {
    throw invalidParameter(`Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${indexName}`);
  }
  const kind = value.S === '' ? 'string' : value.B?.length === 0 ? 'binary' : undefined;
  if (!kind) return;
  throw validation(
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
      `The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${indexName}, IndexKey: ${name}`,
  );
}

export function schemaMismatch(): Error {
  return validation('The provided key element does not match the schema');
}
