import type { ScanCommandInput, ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Database } from '../database.ts';
import { validation } from '../errors.ts';
import { bindCondition } from '../expressions/condition.ts';
import { Placeholders } from '../expressions/placeholders.ts';
import { bindProjection } from '../expressions/projection.ts';
import { comparePlaces, type Entry, HASHES, type Place } from '../storage/keyed-items.ts';
import { OLDER } from '../wording.ts';
import { CAPACITY, Constraints, refuseLegacy, tableName } from './constraints.ts';
import { consumedCapacity, totalUnits } from './consumed-capacity.ts';
import type { Output } from './output.ts';
import { SELECT } from './query.ts';
import { readPage, requireSelectable, type Source, sourceOf, startPlace, viewOf } from './reads.ts';
import { attributesToGet } from './selection.ts';

const MAX_SEGMENTS = 1_000_000;

/** A range of hashes: a whole table, or one of the segments that are scanned in parallel. */
interface HashRange {
  readonly from: number;
  readonly to: number;
}

export function scan(database: Database, input: ScanCommandInput): Output<ScanCommandOutput> {
  const name = tableName(input.TableName);
  new Constraints()
    .oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY)
    .oneOf(input.Select, 'select', SELECT)
    .atLeast(input.Limit, 'limit', 1)
    .atLeast(input.Segment, 'segment', 0)
    .atLeast(input.TotalSegments, 'totalSegments', 1)
    .atMost(input.TotalSegments, 'totalSegments', MAX_SEGMENTS)
    .check();
  const { filter, projection } = bindScan(input);
  const range = segment(input);
  const table = database.table(name);
  const source = sourceOf(table, input);
  const view = viewOf(source, input, projection, filter);
  const start = input.ExclusiveStartKey && startPlace(source, input.ExclusiveStartKey);
  if (start && (start.hash < range.from || start.hash >= range.to)) {
    throw validation('The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment.');
  }
  const page = readPage(source, entriesOf(source, range, start), input, view);
  database.meter(table.name, 'read', totalUnits(page.units));
  const capacity = consumedCapacity(input.ReturnConsumedCapacity, table, page.units);
  return {
    ...(input.Select === 'COUNT' ? {} : { Items: page.items }),
    Count: page.count,
    ScannedCount: page.scanned,
    ...(page.lastKey ? { LastEvaluatedKey: page.lastKey } : {}),
    ...(capacity ? { ConsumedCapacity: capacity } : {}),
  };
}

function bindScan(input: ScanCommandInput) {
  const { FilterExpression, ProjectionExpression, AttributesToGet } = input;
  refuseLegacy(
    { AttributesToGet, ScanFilter: input.ScanFilter, ConditionalOperator: input.ConditionalOperator },
    { ProjectionExpression, FilterExpression },
  );
  requireSelectable(input);
  const placeholders = new Placeholders(input, { FilterExpression, ProjectionExpression }, ['FilterExpression'], OLDER.layer);
  const filter = FilterExpression === undefined ? undefined : bindCondition('FilterExpression', FilterExpression, placeholders);
  const projection =
    ProjectionExpression === undefined ? attributesToGet(AttributesToGet) : bindProjection(ProjectionExpression, placeholders);
  placeholders.requireAllUsed();
  return { filter, projection };
}

function segment({ Segment, TotalSegments }: ScanCommandInput): HashRange {
  if (Segment === undefined && TotalSegments === undefined) return { from: 0, to: HASHES };
  if (TotalSegments === undefined) {
    throw validation('The TotalSegments parameter is required but was not present in the request when Segment parameter is present');
  }
  if (Segment === undefined) {
    throw validation('The Segment parameter is required but was not present in the request when parameter TotalSegments is present');
  }
  if (Segment >= TotalSegments) {
    throw validation(
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
        `Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`,
    );
  }
  return { from: Math.ceil((HASHES * Segment) / TotalSegments), to: Math.ceil((HASHES * (Segment + 1)) / TotalSegments) };
}

function* entriesOf({ entries }: Source, { from, to }: HashRange, start: Place | undefined): Generator<Entry, void> {
  for (const entry of entries.ascending(start ? (entry) => comparePlaces(entry, start) > 0 : (entry) => entry.hash >= from)) {
    if (entry.hash >= to) return;
    yield entry;
  }
}
