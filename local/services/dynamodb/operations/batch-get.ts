import type { AttributeValue, BatchGetItemCommandInput, BatchGetItemCommandOutput, KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import type { Database, Table } from '../database.ts';
import { validation } from '../errors.ts';
import type { Projection } from '../expressions/projection.ts';
import { readUnits } from '../storage/capacity.ts';
import { copyItem, type Item } from '../values/attribute-value.ts';
import { readAttributes } from '../values/read-value.ts';
import { requireDistinct } from './by-table.ts';
import { CAPACITY, Constraints, tableName } from './constraints.ts';
import { consumedCapacities, noUnits, type Units } from './consumed-capacity.ts';
import { placeOfKey } from './keys.ts';
import type { Output } from './output.ts';
import { bindSelection } from './selection.ts';

const MAX_KEYS = 100;
const MAX_BYTES = 16 * 1_048_576;

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
  return { Responses: responses, UnprocessedKeys: unprocessed, ...consumedCapacities(units, input) };
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
