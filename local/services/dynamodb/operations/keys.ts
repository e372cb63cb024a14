import { AwsError } from '../../../kernel/index.ts';
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

/** @throws AwsError, in the words of batches, when the item's key attributes are missing or of another type */
export function requireKeyOf(keys: KeySchema, item: Item): void {
  for (const { name, type } of keyAttributes(keys)) if (memberOf(item, name)?.[type] === undefined) throw schemaMismatch();
}

function checkedPlace(keys: KeySchema, item: Item): Place {
  for (const attribute of keyAttributes(keys)) {
    const value = memberOf(item, attribute.name);
    if (value) requireNotEmpty(value, emptyKey(attribute.name));
  }
  requireSizes(keys, item);
  const place = placeOf(keys, item);
  if (!place) throw schemaMismatch();
  return place;
}

/** An empty key: refused with the request, even where other faults of a key only cancel a transaction. */
export class EmptyKeyError extends AwsError {
  constructor(problem: string) {
    super('ValidationException', `One or more parameter values are not valid. ${problem}`);
  }
}

/** @throws EmptyKeyError */
export function requireNotEmpty(value: AttributeValue, describe: (kind: 'string' | 'binary') => string): void {
  if (value.S === '') throw new EmptyKeyError(describe('string'));
  if (value.B?.length === 0) throw new EmptyKeyError(describe('binary'));
}

export function emptyKey(name: string): (kind: string) => string {
  return (kind) => `The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`;
}

function requireSizes({ hashes, ranges }: KeySchema, item: Item): void {
  const sizes = (attributes: readonly KeyAttribute[]): number =>
    attributes.reduce((sum, { name }) => sum + keySize(memberOf(item, name)), 0);
  if (sizes(hashes) > MAX_HASH_BYTES) {
    throw invalidParameter(`Size of hashkey has exceeded the maximum size limit of${MAX_HASH_BYTES} bytes`);
  }
  if (sizes(ranges) > MAX_RANGE_BYTES) {
    throw invalidParameter(`Aggregated size of all range keys has exceeded the size limit of ${MAX_RANGE_BYTES} bytes`);
  }
}

function keySize(value: AttributeValue | undefined): number {
  return value?.S === undefined ? (value?.B?.length ?? 0) : textSize(value.S);
}

/** @throws AwsError when an attribute of a new item is in the key of an index and cannot be: wrong type, empty, too large */
export function requireIndexKeys({ indexes }: TableSchema, item: Item): void {
  for (const { name: indexName, keys } of indexes.values()) {
    for (const { name, type } of keyAttributes(keys)) {
      const value = memberOf(item, name);
      if (!value) continue;
      if (value[type] === undefined) {
        throw invalidParameter(`Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${indexName}`);
      }
      requireNotEmpty(
        value,
        (kind) =>
          'A value specified for a secondary index key is not supported. ' +
          `The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${indexName}, IndexKey: ${name}`,
      );
    }
    requireSizes(keys, item);
  }
}

/** The same of an item after an update, for which DynamoDB has other words. */
export function requireUpdatedIndexKeys({ indexes }: TableSchema, item: Item): void {
  for (const { keys } of indexes.values()) {
    for (const { name, type } of keyAttributes(keys)) {
      const value = memberOf(item, name);
      if (!value) continue;
      if (value[type] === undefined)
        throw validation('The update expression attempted to update the secondary index key to unsupported type');
      requireNotEmpty(
        value,
        (kind) =>
          'The update expression attempted to update a secondary index key to a value that is not supported. ' +
          `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`,
      );
      if (keySize(value) > (keys.hashes.some((hash) => hash.name === name) ? MAX_HASH_BYTES : MAX_RANGE_BYTES)) {
        throw validation('The update expression attempted to update the secondary index key beyond allowed size limits');
      }
    }
  }
}

export function schemaMismatch(): Error {
  return validation('The provided key element does not match the schema');
}
