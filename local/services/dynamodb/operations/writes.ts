import type { AttributeValue, ReturnValuesOnConditionCheckFailure } from '@aws-sdk/client-dynamodb';
import type { Change, Table } from '../database.ts';
import { conditionFailed, invalidParameter, validation } from '../errors.ts';
import { bindCondition, type Condition } from '../expressions/condition.ts';
import { Placeholders } from '../expressions/placeholders.ts';
import { bindUpdate, type Update } from '../expressions/update.ts';
import type { Place } from '../storage/keyed-items.ts';
import { keyAttributes } from '../storage/schema.ts';
import { copyItem, type Item } from '../values/attribute-value.ts';
import { readAttributes } from '../values/read-value.ts';
import { itemSize } from '../values/size.ts';
import { type Wording, worded } from '../wording.ts';
import { placeOfItem, placeOfKey, requireIndexKeys, requireUpdatedIndexKeys } from './keys.ts';

const MAX_ITEM_BYTES = 409_600;

/** What the four kinds of writes have in common; the SDK's inputs, and the actions of a transaction, are all of this form. */
export interface WriteInput {
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure | undefined;
}

/** A write whose request is in order; whether the table and the item allow it, it finds out when it is tried. */
export interface Write {
  /** Where its item is. @throws AwsError when the key is not one of the table's */
  locate(table: Table): Place;
  /** @throws AwsError when the condition fails, or the item does not allow it */
  attempt(table: Table, place: Place): Change;
  readonly update?: Update;
}

type ItemInput = WriteInput & { readonly Item: Record<string, AttributeValue> | undefined };

export function bindPut(input: ItemInput, wording: Wording): Write {
  const { item, condition } = worded(wording, () => ({
    item: readAttributes(input.Item ?? {}, wording.layer),
    ...bindExpressions(input, wording),
  }));
  const size = itemSize(item);
  if (size > MAX_ITEM_BYTES) throw validation('Item size has exceeded the maximum allowed size');
  return {
    locate(table) {
      const place = placeOfItem(table.schema.keys, item);
      requireIndexKeys(table.schema, item);
      return place;
    },
    attempt: (table, place) => ({ ...guarded(input, condition, table, place), after: { item, size } }),
  };
}

type KeyInput = WriteInput & { readonly Key: Record<string, AttributeValue> | undefined };

export function bindDelete(input: KeyInput, wording: Wording): Write {
  const { key, condition } = worded(wording, () => ({
    key: readAttributes(input.Key ?? {}, wording.layer),
    ...bindExpressions(input, wording),
  }));
  return {
    locate: (table) => placeOfKey(table.schema.keys, key),
    attempt: (table, place) => guarded(input, condition, table, place),
  };
}

/** A ConditionCheck: leaves the item as it is. */
export function bindCheck(input: KeyInput, wording: Wording): Write {
  const write = bindDelete(input, wording);
  return {
    locate: write.locate,
    attempt(table, place) {
      const change = write.attempt(table, place);
      return { ...change, after: change.before };
    },
  };
}

export function bindUpdateWrite(input: KeyInput & { readonly UpdateExpression?: string | undefined }, wording: Wording): Write {
  const { key, condition, update } = worded(wording, () => ({
    key: readAttributes(input.Key ?? {}, wording.layer),
    ...bindExpressions(input, wording, { UpdateExpression: input.UpdateExpression }),
  }));
  return {
    ...(update ? { update } : {}),
    locate(table) {
      const place = placeOfKey(table.schema.keys, key);
      for (const { name } of keyAttributes(table.schema.keys)) {
        if (update?.paths.some((path) => path[0] === name)) {
          throw invalidParameter(`Cannot update attribute ${name}. This attribute is part of the key`);
        }
      }
      return place;
    },
    attempt(table, place) {
      const change = guarded(input, condition, table, place);
      const from = change.before?.item ?? key;
      const item = update ? update.apply(from) : from;
      requireUpdatedIndexKeys(table.schema, item);
      const size = itemSize(item);
      if (size > MAX_ITEM_BYTES) throw validation('Item size to update has exceeded the maximum allowed size');
      return { ...change, after: { item, size } };
    },
  };
}

function bindExpressions(
  input: WriteInput,
  { layer }: Wording,
  updates: { readonly UpdateExpression?: string | undefined } = {},
): { readonly condition: Condition | undefined; readonly update: Update | undefined } {
  const { ConditionExpression } = input;
  const expressions = { ...updates, ConditionExpression };
  const placeholders = new Placeholders(input, expressions, Object.keys(expressions), layer);
  const { UpdateExpression } = updates;
  const update = UpdateExpression === undefined ? undefined : bindUpdate(UpdateExpression, placeholders);
  const condition = ConditionExpression === undefined ? undefined : bindCondition('ConditionExpression', ConditionExpression, placeholders);
  placeholders.requireAllUsed();
  return { condition, update };
}

const NOTHING: Item = {};

/** The change that removes the item, once its condition holds. */
function guarded(input: WriteInput, condition: Condition | undefined, table: Table, place: Place): Change {
  const before = table.items.get(place);
  if (condition && !condition.test(before?.item ?? NOTHING)) {
    throw conditionFailed(before && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? { Item: copyItem(before.item) } : {});
  }
  return { table, place, before, after: undefined };
}
