import type {
  AttributeValue,
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  ConsumedCapacity,
  ItemCollectionMetrics,
  KeysAndAttributes,
  WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Change, Database, Table } from '../database.ts';
import { validation } from '../errors.ts';
import type { Projection } from '../expressions/projection.ts';
import { readUnits } from '../storage/capacity.ts';
import type { Place } from '../storage/keyed-items.ts';
import type { WriteCost } from '../storage/table.ts';
import { copyItem, type Item } from '../values/attribute-value.ts';
import { readAttributes } from '../values/read-value.ts';
import { OLDER } from '../wording.ts';
import { CAPACITY, Constraints, METRICS, tableName } from './constraints.ts';
import { addUnits, consumedCapacity, noUnits, type Units } from './consumed-capacity.ts';
import { collectionMetrics } from './items.ts';
import { placeOfKey } from './keys.ts';
import type { Output } from './output.ts';
import { bindSelection } from './selection.ts';
import { bindDelete, bindPut, type Write } from './writes.ts';

const MAX_WRITES = 25;
const MAX_KEYS = 100;
const MAX_BYTES = 16 * 1_048_576;

export function batchWriteItem(database: Database, input: BatchWriteItemCommandInput): Output<BatchWriteItemCommandOutput> {
  const requests = Object.entries(input.RequestItems ?? {});
  if (requests.length === 0) throw validation('The requestItems parameter is required for BatchWriteItem');
  new Constraints()
    .oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY)
    .oneOf(input.ReturnItemCollectionMetrics, 'returnItemCollectionMetrics', METRICS)
    .check();
  requireBatchSize(requests);
  const bound = requests.map(([name, list]) => ({ name: tableName(name), writes: list.map(bindRequest) }));
  const located = bound.flatMap(({ name, writes }) => {
    const table = database.table(name);
    return writes.map((write) => ({ table, write, place: write.locate(table) }));
  });
  requireDistinct(located);
  const changes = located.map(({ table, write, place }) => write.attempt(table, place));
  const units = sumByTable(changes, database.commit(changes));
  const metrics = input.ReturnItemCollectionMetrics === 'SIZE' ? metricsByTable(changes) : {};
  const capacity = capacities(input.ReturnConsumedCapacity, units);
  return {
    UnprocessedItems: {},
    ...(Object.keys(metrics).length > 0 ? { ItemCollectionMetrics: metrics } : {}),
    ...(capacity ? { ConsumedCapacity: capacity } : {}),
  };
}

/** What each table took. @param factor that of transactions, which counts for tables and not for their indexes */
export function sumByTable(changes: readonly Change[], costs: readonly WriteCost[], factor = 1): Map<Table, Units> {
  const units = new Map<Table, Units>();
  for (const [at, { table }] of changes.entries()) {
    const sum = units.get(table) ?? noUnits();
    units.set(table, sum);
    const cost = costs[at];
    if (cost) addUnits(sum, cost, factor);
  }
  return units;
}

export function metricsByTable(changes: readonly Change[]): Record<string, ItemCollectionMetrics[]> {
  const metrics: Record<string, ItemCollectionMetrics[]> = {};
  for (const change of changes) {
    const metric = collectionMetrics(change.table, change);
    if (metric) metrics[change.table.name] = [...(metrics[change.table.name] ?? []), metric];
  }
  return metrics;
}

function requireBatchSize(requests: readonly (readonly [string, readonly WriteRequest[]])[]): void {
  const count = requests.reduce((sum, [, list]) => sum + list.length, 0);
  if (requests.every(([, list]) => list.length > 0) && count <= MAX_WRITES) return;
  const shown = requests.map(([name, list]) => `${name}=[${list.map((request) => JSON.stringify(request)).join(', ')}]`).join(', ');
  new Constraints()
    .violated(
      `{${shown}}`,
      'requestItems',
      `Map value must satisfy constraint: [Member must have length less than or equal to ${MAX_WRITES}, Member must have length greater than or equal to 1]`,
    )
    .check();
}

function bindRequest(request: WriteRequest): Write {
  const { PutRequest, DeleteRequest } = request;
  if (PutRequest && DeleteRequest) {
    throw validation('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes');
  }
  if (PutRequest) return bindPut({ Item: PutRequest.Item }, OLDER);
  if (DeleteRequest) return bindDelete({ Key: DeleteRequest.Key }, OLDER);
  throw validation('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}

function requireDistinct(located: readonly { readonly table: Table; readonly place: Place }[]): void {
  const seen = new Set(located.map(({ table, place }) => identity(table, place)));
  if (seen.size < located.length) throw validation('Provided list of item keys contains duplicates');
}

export function identity(table: Table, { partition, sort }: Place): string {
  return `${table.name}/${partition.length}:${partition}${sort}`;
}

export function batchGetItem(database: Database, input: BatchGetItemCommandInput): Output<BatchGetItemCommandOutput> {
  const requests = Object.entries(input.RequestItems ?? {});
  if (requests.length === 0) throw validation('The requestItems parameter is required for BatchGetItem');
  new Constraints().oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY).check();
  for (const [name, { Keys }] of requests) requireKeyCount(name, Keys?.length ?? 0);
  if (requests.reduce((sum, [, { Keys }]) => sum + (Keys?.length ?? 0), 0) > MAX_KEYS) {
    throw validation('Too many items requested for the BatchGetItem call');
  }
  const bound = requests.map(([name, wanted]) => ({ name: tableName(name), given: name, wanted, ...bindKeys(wanted) }));
  const located = bound.map((request) => {
    const table = database.table(request.name);
    return { ...request, table, places: request.keys.map((key) => placeOfKey(table.schema.keys, key)) };
  });
  requireDistinct(located.flatMap(({ table, places }) => places.map((place) => ({ table, place }))));

  const responses: Record<string, Record<string, AttributeValue>[]> = {};
  const unprocessed: Record<string, KeysAndAttributes> = {};
  const units = new Map<Table, Units>();
  let bytes = 0;
  for (const { table, places, keys, selection, wanted, given } of located) {
    const items: Record<string, AttributeValue>[] = [];
    responses[given] = items;
    const sum = units.get(table) ?? noUnits();
    units.set(table, sum);
    for (const [at, place] of places.entries()) {
      const stored = table.items.get(place);
      bytes += stored?.size ?? 0;
      if (bytes > MAX_BYTES) {
        unprocessed[given] = { ...wanted, Keys: keys.slice(at).map(copyItem) };
        break;
      }
      sum.table += readUnits(stored?.size ?? 0, wanted.ConsistentRead === true);
      if (stored) items.push(selection ? selection.of(stored.item) : copyItem(stored.item));
    }
    database.meter(table.name, 'read', sum.table);
  }
  const capacity = capacities(input.ReturnConsumedCapacity, units);
  return { Responses: responses, UnprocessedKeys: unprocessed, ...(capacity ? { ConsumedCapacity: capacity } : {}) };
}

function requireKeyCount(name: string, count: number): void {
  const problem =
    count > MAX_KEYS
      ? `Member must have length less than or equal to ${MAX_KEYS}`
      : count === 0
        ? 'Member must have length greater than or equal to 1'
        : undefined;
  if (problem) {
    throw validation(`1 validation error detected: Value at 'RequestItems.${name}.member.Keys' failed to satisfy constraint: ${problem}`);
  }
}

function bindKeys(wanted: KeysAndAttributes): { readonly keys: readonly Item[]; readonly selection: Projection | undefined } {
  const selection = bindSelection(wanted);
  return { keys: (wanted.Keys ?? []).map((key) => readAttributes(key)), selection };
}

function capacities(
  wanted: BatchGetItemCommandInput['ReturnConsumedCapacity'],
  units: ReadonlyMap<Table, Units>,
): ConsumedCapacity[] | undefined {
  const all = [...units].flatMap(([table, sum]) => consumedCapacity(wanted, table, sum) ?? []);
  return all.length > 0 ? all : undefined;
}
