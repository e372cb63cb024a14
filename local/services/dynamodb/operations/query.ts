import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Database } from '../database.ts';
import { validation } from '../errors.ts';
import { bindCondition, type Condition } from '../expressions/condition.ts';
import { bindKeyCondition, type KeyCondition } from '../expressions/key-condition.ts';
import { Placeholders } from '../expressions/placeholders.ts';
import { bindProjection } from '../expressions/projection.ts';
import { comparePartition, comparePlaces, type Entry, hashOf, type Place } from '../storage/keyed-items.ts';
import { type KeySchema, keyAttributes } from '../storage/schema.ts';
import { CAPACITY, Constraints, refuseLegacy, tableName } from './constraints.ts';
import { consumedCapacity, totalUnits } from './consumed-capacity.ts';
import type { Output } from './output.ts';
import { readPage, requireFilterable, requireSelectable, type Source, sourceOf, startPlace, viewOf } from './reads.ts';
import { attributesToGet } from './selection.ts';

export const SELECT = ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'];

export function query(database: Database, input: QueryCommandInput): Output<QueryCommandOutput> {
  const name = tableName(input.TableName);
  new Constraints().oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY).oneOf(input.Select, 'select', SELECT).check();
  if (input.Limit !== undefined && input.Limit < 1) {
    throw validation(
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  }
  const { keyCondition, filter, projection } = bindQuery(input);
  const table = database.table(name);
  const source = sourceOf(table, input);
  const condition = keyCondition.on(source.keys);
  requireNoKeys(filter, source.keys);
  requireFilterable(source, filter);
  const view = viewOf(source, input, projection, filter);
  const forward = input.ScanIndexForward !== false;
  const start = input.ExclusiveStartKey && startPlace(source, input.ExclusiveStartKey);
  if (start) requireWithin(start, condition);
  const page = readPage(source, entriesOf(source, condition, forward, start), input, view, (entry) =>
    endsRange(entry, source, condition, forward),
  );
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

export function bindQuery(input: QueryCommandInput) {
  const { KeyConditionExpression, FilterExpression, ProjectionExpression, AttributesToGet } = input;
  refuseLegacy(
    { AttributesToGet, KeyConditions: input.KeyConditions, QueryFilter: input.QueryFilter, ConditionalOperator: input.ConditionalOperator },
    { ProjectionExpression, FilterExpression, KeyConditionExpression },
  );
  requireSelectable(input);
  const placeholders = new Placeholders(input, { FilterExpression, KeyConditionExpression, ProjectionExpression }, [
    'FilterExpression',
    'KeyConditionExpression',
  ]);
  if (KeyConditionExpression === undefined) {
    throw validation('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  }
  const projection =
    ProjectionExpression === undefined ? attributesToGet(AttributesToGet) : bindProjection(ProjectionExpression, placeholders);
  const filter = FilterExpression === undefined ? undefined : bindCondition('FilterExpression', FilterExpression, placeholders);
  const keyCondition = bindKeyCondition(KeyConditionExpression, placeholders);
  placeholders.requireAllUsed();
  return { keyCondition, filter, projection };
}

function requireNoKeys(filter: Condition | undefined, keys: KeySchema): void {
  for (const { name } of keyAttributes(keys)) {
    if (filter?.paths.some((path) => path[0] === name)) {
      throw validation(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`);
    }
  }
}

function requireWithin(start: Place, { partition, low, high, prefix }: KeyCondition): void {
  if (start.partition !== partition) throw validation('The provided starting key is outside query boundaries based on provided conditions');
  const outside =
    (low && (low.inclusive ? start.sort < low.text : start.sort <= low.text)) ||
    (high && (high.inclusive ? start.sort > high.text : start.sort >= high.text)) ||
    (prefix !== undefined && !start.sort.startsWith(prefix));
  if (outside) throw validation('The provided starting key does not match the range key predicate');
}

/** Whether no sort key of the range can follow: its end is inclusive, and reached. (A single sort key, `sk = :v`, does not count.) */
function endsRange(entry: Entry, { index }: Source, { low, high }: KeyCondition, forward: boolean): boolean {
  const end = forward ? high : low;
  return !index && end?.inclusive === true && end.text === entry.sort && low?.text !== high?.text;
}

/** The entries of the range, from the start key on. */
function* entriesOf({ entries }: Source, condition: KeyCondition, forward: boolean, start: Place | undefined): Generator<Entry, void> {
  const { partition, low, high, prefix } = condition;
  const hash = hashOf(partition);
  const beyondLow = (entry: Entry): boolean => {
    const side = comparePartition(entry, hash, partition);
    if (side !== 0) return side > 0;
    return !low || (low.inclusive ? entry.sort >= low.text : entry.sort > low.text);
  };
  const beyondHigh = (entry: Entry): boolean => {
    const side = comparePartition(entry, hash, partition);
    if (side !== 0) return side > 0;
    if (prefix !== undefined && entry.sort > prefix && !entry.sort.startsWith(prefix)) return true;
    return high !== undefined && (high.inclusive ? entry.sort > high.text : entry.sort >= high.text);
  };
  if (forward) {
    for (const entry of entries.ascending(start ? (entry) => comparePlaces(entry, start) > 0 : beyondLow)) {
      if (beyondHigh(entry)) return;
      yield entry;
    }
  } else {
    for (const entry of entries.descending(start ? (entry) => comparePlaces(entry, start) >= 0 : beyondHigh)) {
      if (!beyondLow(entry)) return;
      yield entry;
    }
  }
}
