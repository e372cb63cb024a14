import type { ItemCollectionMetrics } from '@aws-sdk/client-dynamodb';
import type { Change, Table } from '../database.ts';
import { validation } from '../errors.ts';
import type { Place } from '../storage/keyed-items.ts';
import type { WriteCost } from '../storage/table.ts';
import { addUnits, noUnits, type Units } from './consumed-capacity.ts';
import { collectionMetrics } from './items.ts';

/** What requests about several items of several tables need. */

/** Names an item among those of all tables. */
export function identity(table: Table, { partition, sort }: Place): string {
  return `${table.name}/${partition.length}:${partition}${sort}`;
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

/** @throws AwsError when a batch names an item twice */
export function requireDistinct(located: readonly { readonly table: Table; readonly place: Place }[]): void {
  const seen = new Set(located.map(({ table, place }) => identity(table, place)));
  if (seen.size < located.length) throw validation('Provided list of item keys contains duplicates');
}
