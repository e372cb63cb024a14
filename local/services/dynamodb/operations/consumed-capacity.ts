import type { Capacity, ConsumedCapacity, ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { Table } from '../database.ts';

/** Capacity units that one request consumed on one table, and on each of its indexes. */
export interface Units {
  table: number;
  readonly indexes: Map<string, number>;
}

export function noUnits(): Units {
  return { table: 0, indexes: new Map() };
}

/** Adds a cost; `factor` is that of transactions, which count for the table alone. */
export function addUnits(sum: Units, cost: { readonly table: number; readonly indexes: ReadonlyMap<string, number> }, factor = 1): void {
  sum.table += cost.table * factor;
  for (const [name, units] of cost.indexes) sum.indexes.set(name, (sum.indexes.get(name) ?? 0) + units);
}

export function totalUnits({ table, indexes }: Units): number {
  let total = table;
  for (const units of indexes.values()) total += units;
  return total;
}

/** What a response says of capacity, if it was asked to. Transactions say which of it was for reads and which for writes. */
export function consumedCapacity(
  wanted: ReturnConsumedCapacity | undefined,
  table: Table,
  units: Units,
  transaction?: 'read' | 'write',
): ConsumedCapacity | undefined {
  if (wanted !== 'TOTAL' && wanted !== 'INDEXES') return undefined;
  const capacity = (value: number): Capacity => ({
    ...(transaction === 'read' ? { ReadCapacityUnits: value } : {}),
    ...(transaction === 'write' ? { WriteCapacityUnits: value } : {}),
    CapacityUnits: value,
  });
  const total: ConsumedCapacity = { TableName: table.name, ...capacity(totalUnits(units)) };
  if (wanted === 'TOTAL') return total;
  const indexes = (kind: 'global' | 'local'): Record<string, Capacity> | undefined => {
    const names = [...units.indexes.keys()].filter((name) => table.schema.indexes.get(name)?.kind === kind);
    if (names.length === 0) return undefined;
    return Object.fromEntries(names.map((name) => [name, capacity(units.indexes.get(name) ?? 0)]));
  };
  const local = indexes('local');
  const global = indexes('global');
  return {
    ...total,
    Table: capacity(units.table),
    ...(local ? { LocalSecondaryIndexes: local } : {}),
    ...(global ? { GlobalSecondaryIndexes: global } : {}),
  };
}

/** The same for requests that may be about several tables. */
export function consumedCapacities(
  units: ReadonlyMap<Table, Units>,
  { ReturnConsumedCapacity }: { readonly ReturnConsumedCapacity?: ReturnConsumedCapacity | undefined },
  transaction?: 'read' | 'write',
): { ConsumedCapacity?: ConsumedCapacity[] } {
  const capacity = [...units].flatMap(([table, sum]) => consumedCapacity(ReturnConsumedCapacity, table, sum, transaction) ?? []);
  return capacity.length > 0 ? { ConsumedCapacity: capacity } : {};
}
