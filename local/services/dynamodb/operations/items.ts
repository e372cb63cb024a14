import type {
  AttributeValue,
  DeleteItemCommandInput,
  DeleteItemCommandOutput,
  GetItemCommandInput,
  GetItemCommandOutput,
  ItemCollectionMetrics,
  PutItemCommandInput,
  PutItemCommandOutput,
  ReturnValue,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Change, Database, Table } from '../database.ts';
import { validation } from '../errors.ts';
import { projectionOf } from '../expressions/projection.ts';
import { readUnits } from '../storage/capacity.ts';
import { keyOf } from '../storage/schema.ts';
import type { WriteCost } from '../storage/table.ts';
import { copyItem, type Item } from '../values/attribute-value.ts';
import { readAttributes } from '../values/read-value.ts';
import { ENVELOPED, worded } from '../wording.ts';
import { CAPACITY, Constraints, METRICS, ON_FAILURE, RETURN_VALUES, refuseLegacy, tableName } from './constraints.ts';
import { addUnits, consumedCapacity, noUnits } from './consumed-capacity.ts';
import { placeOfKey } from './keys.ts';
import type { Output } from './output.ts';
import { bindSelection } from './selection.ts';
import { bindDelete, bindPut, bindUpdateWrite, type Write } from './writes.ts';

export function putItem(database: Database, input: PutItemCommandInput): Output<PutItemCommandOutput> {
  const name = checkWrite(input, input.Item, 'item');
  refuseLegacyWrite(
    { Expected: input.Expected, ConditionalOperator: input.ConditionalOperator },
    { ConditionExpression: input.ConditionExpression },
  );
  const write = bindPut(input, ENVELOPED);
  requireReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD'], 'ReturnValues can only be ALL_OLD or NONE');
  return written(database, name, write, input);
}

export function deleteItem(database: Database, input: DeleteItemCommandInput): Output<DeleteItemCommandOutput> {
  const name = checkWrite(input, input.Key, 'key');
  refuseLegacyWrite(
    { Expected: input.Expected, ConditionalOperator: input.ConditionalOperator },
    { ConditionExpression: input.ConditionExpression },
  );
  const write = bindDelete(input, ENVELOPED);
  requireReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD'], 'ReturnValues can only be ALL_OLD or NONE');
  return written(database, name, write, input);
}

export function updateItem(database: Database, input: UpdateItemCommandInput): Output<UpdateItemCommandOutput> {
  const name = checkWrite(input, input.Key, 'key');
  refuseLegacyWrite(
    { AttributeUpdates: input.AttributeUpdates, Expected: input.Expected, ConditionalOperator: input.ConditionalOperator },
    { UpdateExpression: input.UpdateExpression, ConditionExpression: input.ConditionExpression },
  );
  return written(database, name, bindUpdateWrite(input, ENVELOPED), input);
}

export function getItem(database: Database, input: GetItemCommandInput): Output<GetItemCommandOutput> {
  const name = tableName(input.TableName);
  new Constraints().oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY).required(input.Key, 'key').check();
  const key = readAttributes(input.Key ?? {});
  const selection = bindSelection(input);
  const table = database.table(name);
  const stored = table.items.get(placeOfKey(table.schema.keys, key));
  const units = noUnits();
  units.table = readUnits(stored?.size ?? 0, input.ConsistentRead === true);
  database.meter(table.name, 'read', units.table);
  const capacity = consumedCapacity(input.ReturnConsumedCapacity, table, units);
  return {
    ...(stored ? { Item: selection ? selection.of(stored.item) : copyItem(stored.item) } : {}),
    ...(capacity ? { ConsumedCapacity: capacity } : {}),
  };
}

function refuseLegacyWrite(legacy: Readonly<Record<string, unknown>>, expressions: Readonly<Record<string, unknown>>): void {
  worded(ENVELOPED, () => refuseLegacy(legacy, expressions));
}

type WriteItemInput = PutItemCommandInput | DeleteItemCommandInput | UpdateItemCommandInput;

function checkWrite(input: WriteItemInput, subject: object | undefined, member: string): string {
  const name = tableName(input.TableName);
  const constraints = new Constraints().oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY);
  if (input.ReturnValues !== undefined && !RETURN_VALUES.includes(input.ReturnValues)) {
    constraints.unnamed('Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]');
  }
  constraints
    .oneOf(input.ReturnItemCollectionMetrics, 'returnItemCollectionMetrics', METRICS)
    .oneOf(input.ReturnValuesOnConditionCheckFailure, 'returnValuesOnConditionCheckFailure', ON_FAILURE)
    .required(subject, member)
    .check();
  return name;
}

function requireReturnValues(given: ReturnValue | undefined, allowed: readonly ReturnValue[], problem: string): void {
  if (given !== undefined && !allowed.includes(given)) throw validation(problem);
}

/** Tries the write and answers in the form that the three operations share. */
function written(database: Database, name: string, write: Write, input: WriteItemInput): Output<UpdateItemCommandOutput> {
  const table = database.table(name);
  const place = write.locate(table);
  let change: Change;
  try {
    change = write.attempt(table, place);
  } catch (error) {
    // A write that its condition or its item refuses has been paid for.
    database.meter(table.name, 'write', Math.max(1, Math.ceil((table.items.get(place)?.size ?? 0) / 1024)));
    throw error;
  }
  const [cost] = database.commit([change]);
  const attributes = returned(input.ReturnValues, change, write);
  return {
    ...(attributes ? { Attributes: attributes } : {}),
    ...(cost ? capacityAndMetrics(table, change, cost, input) : {}),
  };
}

function returned(
  wanted: ReturnValue | undefined,
  { before, after }: Change,
  { update }: Write,
): Record<string, AttributeValue> | undefined {
  if (wanted === 'ALL_OLD') return before && copyItem(before.item);
  if (wanted === 'ALL_NEW') return after && copyItem(after.item);
  if (wanted !== 'UPDATED_OLD' && wanted !== 'UPDATED_NEW') return undefined;
  const from: Item = (wanted === 'UPDATED_OLD' ? before : after)?.item ?? {};
  const attributes = update ? projectionOf(update.paths, (problem) => validation(problem)).of(from) : {};
  return Object.keys(attributes).length > 0 ? attributes : undefined;
}

function capacityAndMetrics(table: Table, change: Change, cost: WriteCost, input: WriteItemInput): Output<PutItemCommandOutput> {
  const units = noUnits();
  addUnits(units, cost);
  const capacity = consumedCapacity(input.ReturnConsumedCapacity, table, units);
  const metrics = input.ReturnItemCollectionMetrics === 'SIZE' ? collectionMetrics(table, change) : undefined;
  return { ...(capacity ? { ConsumedCapacity: capacity } : {}), ...(metrics ? { ItemCollectionMetrics: metrics } : {}) };
}

/** Only tables with local indexes have item collections. The size is an estimate in whole gigabytes on AWS, too. */
export function collectionMetrics(table: Table, { before, after }: Change): ItemCollectionMetrics | undefined {
  if (![...table.schema.indexes.values()].some(({ kind }) => kind === 'local')) return undefined;
  const key = keyOf({ hashes: table.schema.keys.hashes, ranges: [] }, (after ?? before)?.item ?? {});
  return { ...(after || before ? { ItemCollectionKey: copyItem(key) } : {}), SizeEstimateRangeGB: [0, 1] };
}
