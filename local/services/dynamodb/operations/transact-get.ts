import type { TransactGetItemsCommandInput, TransactGetItemsCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Database, Table } from '../database.ts';
import { validation } from '../errors.ts';
import { readUnits } from '../storage/capacity.ts';
import { copyItem } from '../values/attribute-value.ts';
import { readAttributes } from '../values/read-value.ts';
import { OLDER } from '../wording.ts';
import { identity } from './by-table.ts';
import { cancelled, MAX_TRANSACTION_BYTES, reasonable, requireActionCount, TRANSACTION_FACTOR } from './cancellation.ts';
import { CAPACITY, Constraints, tableName } from './constraints.ts';
import { consumedCapacities, noUnits, totalUnits, type Units } from './consumed-capacity.ts';
import { placeOfKey } from './keys.ts';
import type { Output } from './output.ts';
import { bindSelection } from './selection.ts';

export function transactGetItems(database: Database, input: TransactGetItemsCommandInput): Output<TransactGetItemsCommandOutput> {
  const given = input.TransactItems ?? [];
  requireActionCount(new Constraints().oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY), given);
  const bound = given.map(({ Get }, at) => {
    if (!Get) throw validation('TransactItems can only contain Get');
    const name = tableName(Get.TableName, `transactItems.${at + 1}.member.get.tableName`);
    return { name, key: readAttributes(Get.Key ?? {}, OLDER.layer), selection: bindSelection(Get) };
  });
  const located = bound.map((get) => ({ ...get, table: database.table(get.name) }));
  const attempts = located.map((get) => reasonable(() => ({ ...get, place: placeOfKey(get.table.schema.keys, get.key) })));
  const reasons = attempts.map(({ reason }) => reason ?? { Code: 'None' });
  if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  const gets = attempts.flatMap(({ value }) => (value ? [value] : []));
  const identities = new Set(gets.map(({ table, place }) => identity(table, place)));
  if (identities.size < gets.length) throw validation('Transaction request cannot include multiple operations on one item');

  const units = new Map<Table, Units>();
  let bytes = 0;
  const responses = gets.map(({ table, place, selection }) => {
    const stored = table.items.get(place);
    const sum = units.get(table) ?? noUnits();
    units.set(table, sum);
    sum.table += readUnits(stored?.size ?? 0, true) * TRANSACTION_FACTOR;
    bytes += stored?.size ?? 0;
    if (!stored) return {};
    return { Item: selection ? selection.of(stored.item) : copyItem(stored.item) };
  });
  if (bytes > MAX_TRANSACTION_BYTES) throw validation('Transaction response size cannot exceed 4 MB');
  for (const [table, sum] of units) database.meter(table.name, 'read', totalUnits(sum));
  return { Responses: responses, ...consumedCapacities(units, input, 'read') };
}
