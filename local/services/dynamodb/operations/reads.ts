import type { AttributeValue, QueryCommandInput, ScanCommandInput } from '@aws-sdk/client-dynamodb';
import type { Table } from '../database.ts';
import { invalidParameter, validation } from '../errors.ts';
import type { Condition } from '../expressions/condition.ts';
import type { Path } from '../expressions/paths.ts';
import { type Projection, projectionOf } from '../expressions/projection.ts';
import { readUnits } from '../storage/capacity.ts';
import { type Entry, type Place, placeOf, type StoredItem } from '../storage/keyed-items.ts';
import { type KeyAttribute, type KeySchema, keyAttributes } from '../storage/schema.ts';
import type { SortedList } from '../storage/sorted-list.ts';
import { type Index, projectedSize } from '../storage/table.ts';
import { copyItem, type Item, memberOf } from '../values/attribute-value.ts';
import { readAttributes } from '../values/read-value.ts';
import { noUnits, type Units } from './consumed-capacity.ts';
import { placeOfKey } from './keys.ts';

/** A page ends when it has read this much, whatever the filter left of it. */
const PAGE_BYTES = 1_048_576;

type ReadInput = Pick<
  QueryCommandInput & ScanCommandInput,
  'IndexName' | 'Select' | 'Limit' | 'ConsistentRead' | 'ExclusiveStartKey' | 'ProjectionExpression' | 'AttributesToGet'
>;

/** What a Query or Scan goes through: the table itself or one of its indexes. */
export interface Source {
  readonly table: Table;
  readonly index: Index | undefined;
  readonly keys: KeySchema;
  readonly entries: SortedList<Entry>;
}

/** @throws AwsError when the table has no such index, or the index can't be read like that */
export function sourceOf(table: Table, input: ReadInput): Source {
  const { IndexName } = input;
  if (IndexName === undefined) return { table, index: undefined, keys: table.schema.keys, entries: table.items.entries };
  const index = table.items.index(IndexName);
  if (!index) throw validation(`The table does not have the specified index: ${IndexName}`);
  if (index.schema.kind === 'global' && input.ConsistentRead) {
    throw validation('Consistent reads are not supported on global secondary indexes');
  }
  return { table, index, keys: index.schema.keys, entries: index.entries };
}

/** What Select, and what of items it gives back, may not say together. */
export function requireSelectable(input: ReadInput): void {
  const { Select, ProjectionExpression, AttributesToGet, IndexName } = input;
  const what = ProjectionExpression !== undefined ? 'ProjectionExpression' : AttributesToGet ? 'AttributesToGet' : undefined;
  if (what && Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES') {
    throw validation(
      Select === 'COUNT'
        ? `Cannot specify the ${what} when choosing to get only the Count`
        : `Cannot specify the ${what} when choosing to get ${Select}`,
    );
  }
  if (!what && Select === 'SPECIFIC_ATTRIBUTES') {
    throw validation('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  }
  if (Select === 'ALL_PROJECTED_ATTRIBUTES' && IndexName === undefined) {
    throw validation('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
}

/** How an item of the source is given back, and whether a local index has to fetch it from the table for that. */
export interface View {
  of(stored: StoredItem): Record<string, AttributeValue>;
  readonly fetches: boolean;
  /** Whether the filter lets it through. A filter sees what the index has, nothing more. */
  passes(stored: StoredItem): boolean;
}

/** @throws AwsError when more is wanted of a global index than it projects */
export function viewOf({ index }: Source, input: ReadInput, projection: Projection | undefined, filter: Condition | undefined): View {
  const projected = index?.schema.projected;
  const whole: View = {
    of: ({ item }) => (projection ? projection.of(item) : copyItem(item)),
    fetches: false,
    passes: ({ item }) => !filter || filter.test(item),
  };
  if (!index || !projected) return whole;
  const { name, kind } = index.schema;
  const missing = missingNames(projection?.paths ?? [], projected);
  if (kind === 'global' && input.Select === 'ALL_ATTRIBUTES') {
    throw invalidParameter(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its projection type is not ALL`,
    );
  }
  if (kind === 'global' && missing.length > 0)
    throw invalidParameter(`Global secondary index ${name} does not project [${missing.join(', ')}]`);
  const entry = projectionOf(
    [...projected].map((attribute) => [attribute] as const),
    (problem) => validation(problem),
  );
  const fetches = input.Select === 'ALL_ATTRIBUTES' || missing.length > 0;
  return {
    of: fetches || projection ? whole.of : ({ item }) => entry.of(item),
    fetches,
    passes: missingNames(filter?.paths ?? [], projected).length > 0 ? ({ item }) => !filter || filter.test(entry.of(item)) : whole.passes,
  };
}

/** @throws AwsError when a query's filter looks at what the index does not have. A scan's may: it finds nothing there. */
export function requireFilterable({ index }: Source, filter: Condition | undefined): void {
  const projected = index?.schema.projected;
  if (!index || !projected) return;
  const missing = missingNames(filter?.paths ?? [], projected);
  if (missing.length === 0) return;
  throw invalidParameter(`Secondary index ${index.schema.name} does not project one or more filter attributes: [${missing.join(', ')}]`);
}

function missingNames(paths: readonly Path[], projected: ReadonlySet<string>): string[] {
  return [...new Set(paths.map((path) => path[0]))].filter((name) => !projected.has(name));
}

/** The place of an `ExclusiveStartKey` in the source's order. @throws AwsError when it is not a key of the source */
export function startPlace(source: Source, given: Record<string, AttributeValue>): Place {
  const key = readAttributes(given);
  const { table, index, keys } = source;
  if (!index) return startPlaceIn(keys, key);
  const attributes = startKeyAttributes(source);
  const fits =
    Object.keys(key).length === attributes.length && attributes.every(({ name, type }) => memberOf(key, name)?.[type] !== undefined);
  if (!fits) throw validation('The provided starting key is invalid');
  const own = placeOf(table.schema.keys, key);
  const place = own && placeOf(keys, key, `${own.partition.length}:${own.partition}${own.sort}`);
  if (!place) throw validation('The provided starting key is invalid');
  return place;
}

function startPlaceIn(keys: KeySchema, key: Item): Place {
  try {
    return placeOfKey(keys, key);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw validation(`The provided starting key is invalid: ${problem}`);
  }
}

/** The attributes of a key in the source: for an index its own and the table's. */
function startKeyAttributes({ table, keys, index }: Source): KeyAttribute[] {
  const attributes = new Map(keyAttributes(keys).map((attribute) => [attribute.name, attribute]));
  if (index) for (const attribute of keyAttributes(table.schema.keys)) attributes.set(attribute.name, attribute);
  return [...attributes.values()];
}

export interface Page {
  readonly items: Record<string, AttributeValue>[];
  readonly count: number;
  readonly scanned: number;
  readonly lastKey: Record<string, AttributeValue> | undefined;
  readonly units: Units;
}

/** Reads entries up to the limit or the size of a page. A page that ends where nothing can follow needs no key to go on from. */
export function readPage(
  source: Source,
  entries: Iterable<Entry>,
  input: ReadInput,
  view: View,
  isLast: (entry: Entry) => boolean = () => false,
): Page {
  const items: Record<string, AttributeValue>[] = [];
  const counting = input.Select === 'COUNT';
  const limit = input.Limit ?? Number.POSITIVE_INFINITY;
  const consistent = input.ConsistentRead === true;
  const units = noUnits();
  let count = 0;
  let scanned = 0;
  let bytes = 0;
  let last: Entry | undefined;
  for (const entry of entries) {
    const { stored } = entry;
    scanned += 1;
    bytes += source.index ? projectedSize(source.index.schema, stored) : stored.size;
    if (view.fetches) {
      units.table += readUnits(stored.size, consistent);
    }
    if (view.passes(stored)) {
      count += 1;
      if (!counting) items.push(view.of(stored));
    }
    if (scanned >= limit || bytes >= PAGE_BYTES) {
      last = isLast(entry) ? undefined : entry;
      break;
    }
  }
  if (source.index) units.indexes.set(source.index.schema.name, readUnits(bytes, consistent));
  else units.table = readUnits(bytes, consistent);
  return { items, count, scanned, lastKey: last && lastKey(source, last.stored.item), units };
}

function lastKey(source: Source, item: Item): Record<string, AttributeValue> {
  return copyItem(Object.fromEntries(startKeyAttributes(source).map(({ name }) => [name, memberOf(item, name) ?? { NULL: true }])));
}
