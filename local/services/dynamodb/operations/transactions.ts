import { createHash } from 'node:crypto';
import type {
  CancellationReason,
  ConsumedCapacity,
  TransactGetItemsCommandInput,
  TransactGetItemsCommandOutput,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../../kernel/index.ts';
import type { Change, Database, Table } from '../database.ts';
import { validation } from '../errors.ts';
import { readUnits } from '../storage/capacity.ts';
import { copyItem } from '../values/attribute-value.ts';
import { readAttributes } from '../values/read-value.ts';
import { OLDER } from '../wording.ts';
import { identity, metricsByTable, sumByTable } from './batches.ts';
import { CAPACITY, Constraints, METRICS, tableName } from './constraints.ts';
import { consumedCapacity, noUnits, totalUnits, type Units } from './consumed-capacity.ts';
import { EmptyKeyError, placeOfKey } from './keys.ts';
import type { Output } from './output.ts';
import { bindSelection } from './selection.ts';
import { bindCheck, bindDelete, bindPut, bindUpdateWrite, type Write } from './writes.ts';

const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1_048_576;
/** Transactions take twice the capacity: once to prepare, once to commit. */
const FACTOR = 2;
const MAX_TOKEN = 36;
const TOKEN_MS = 10 * 60_000;

interface Action {
  readonly tableName: string;
  readonly write: Write;
}

export function transactWriteItems(database: Database, input: TransactWriteItemsCommandInput): Output<TransactWriteItemsCommandOutput> {
  const given = input.TransactItems ?? [];
  const constraints = new Constraints();
  const token = input.ClientRequestToken;
  if (token !== undefined && token.length > MAX_TOKEN) {
    constraints.violated(token, 'clientRequestToken', `Member must have length less than or equal to ${MAX_TOKEN}`);
  }
  constraints
    .oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY)
    .oneOf(input.ReturnItemCollectionMetrics, 'returnItemCollectionMetrics', METRICS);
  requireActionCount(constraints, given);
  const actions = given.map(bindAction);
  const located = actions.map(({ tableName: name, write }) => ({ table: database.table(name), write }));
  const attempts = located.map(({ table, write }) => reasonable(() => ({ table, write, place: write.locate(table) }), EmptyKeyError));
  const places = attempts.flatMap(({ value }) => (value ? [identity(value.table, value.place)] : []));
  if (new Set(places).size < places.length) throw validation('Transaction request cannot include multiple operations on one item');

  const fingerprint = token === undefined ? '' : fingerprintOf(given);
  const known = token === undefined ? undefined : database.transactionToken(token);
  if (known && known.fingerprint !== fingerprint) {
    throw new AwsError(
      'IdempotentParameterMismatchException',
      'The request uses the same client token as a previous, but non-identical request',
    );
  }
  if (known) return answer(database, input, known.changes, 'read');

  const outcomes = attempts.map(({ value, reason }) =>
    value ? reasonable(() => value.write.attempt(value.table, value.place), EmptyKeyError) : { value: undefined, reason },
  );
  const reasons = outcomes.map(({ reason }) => reason ?? { Code: 'None' });
  if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  const changes = outcomes.flatMap(({ value }) => (value ? [value] : []));
  requireBytes(changes);
  if (token !== undefined) database.rememberTransaction(token, { fingerprint, changes, until: database.kernel.now() + TOKEN_MS });
  return answer(database, input, changes, 'write');
}

/** Makes the changes, unless a request repeats one that made them: that one only reads. */
function answer(
  database: Database,
  input: TransactWriteItemsCommandInput,
  changes: readonly Change[],
  kind: 'read' | 'write',
): Output<TransactWriteItemsCommandOutput> {
  const units = kind === 'write' ? sumByTable(changes, database.commit(changes, FACTOR), FACTOR) : readAgain(database, changes);
  const metrics = input.ReturnItemCollectionMetrics === 'SIZE' ? metricsByTable(changes) : {};
  const capacity = [...units].flatMap(([table, sum]) => consumedCapacity(input.ReturnConsumedCapacity, table, sum, kind) ?? []);
  return {
    ...(capacity.length > 0 ? { ConsumedCapacity: capacity } : {}),
    ...(Object.keys(metrics).length > 0 ? { ItemCollectionMetrics: metrics } : {}),
  };
}

function readAgain(database: Database, changes: readonly Change[]): Map<Table, Units> {
  const costs = changes.map(({ before, after }) => ({
    table: readUnits(Math.max(before?.size ?? 0, after?.size ?? 0), true),
    indexes: new Map<string, number>(),
  }));
  const units = sumByTable(changes, costs, FACTOR);
  for (const [table, sum] of units) database.meter(table.name, 'read', sum.table);
  return units;
}

function requireActionCount(constraints: Constraints, actions: readonly object[]): void {
  if (actions.length === 0) constraints.violated('[]', 'transactItems', 'Member must have length greater than or equal to 1');
  if (actions.length > MAX_ACTIONS) {
    const shown = `[${actions.map((action) => JSON.stringify(action)).join(', ')}]`;
    constraints.violated(shown, 'transactItems', `Member must have length less than or equal to ${MAX_ACTIONS}`);
  }
  constraints.check();
}

function bindAction(item: TransactWriteItem, at: number): Action {
  const { Put, Update, Delete, ConditionCheck } = item;
  const [action, second] = [Put, Update, Delete, ConditionCheck].filter((one) => one !== undefined);
  if (!action || second) {
    throw validation('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const member = `transactItems.${at + 1}.member.${Put ? 'put' : Update ? 'update' : Delete ? 'delete' : 'conditionCheck'}`;
  const name = tableName(action.TableName, `${member}.tableName`);
  const constraints = new Constraints();
  if (Put) constraints.required(Put.Item, `${member}.item`);
  if (Update) constraints.required(Update.UpdateExpression, `${member}.updateExpression`);
  if (ConditionCheck) constraints.required(ConditionCheck.ConditionExpression, `${member}.conditionExpression`);
  constraints.check();
  if (Put) return { tableName: name, write: bindPut(Put, OLDER) };
  if (Update) return { tableName: name, write: bindUpdateWrite(Update, OLDER) };
  if (Delete) return { tableName: name, write: bindDelete(Delete, OLDER) };
  return { tableName: name, write: bindCheck({ Key: undefined, ...ConditionCheck }, OLDER) };
}

interface Outcome<Value> {
  readonly value: Value | undefined;
  readonly reason: CancellationReason | undefined;
}

/**
 * What an action comes to: a value, or the reason for which it cancels the transaction.
 *
 * @param fatal errors that refuse the whole request instead
 */
function reasonable<Value>(attempt: () => Value, fatal?: typeof EmptyKeyError): Outcome<Value> {
  try {
    return { value: attempt(), reason: undefined };
  } catch (error) {
    if (!(error instanceof AwsError) || (fatal && error instanceof fatal)) throw error;
    if (error.code === 'ConditionalCheckFailedException') {
      return { value: undefined, reason: { Code: 'ConditionalCheckFailed', Message: error.message, ...error.details } };
    }
    if (error.code === 'ValidationException') {
      return { value: undefined, reason: { Code: 'ValidationError', Message: error.message } };
    }
    throw error;
  }
}

function cancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { details: { CancellationReasons: reasons } },
  );
}

function requireBytes(changes: readonly Change[]): void {
  const bytes = changes.reduce((sum, { before, after }) => sum + (after?.size ?? before?.size ?? 0), 0);
  if (bytes > MAX_BYTES) throw validation('Transaction request size cannot exceed 4 MB');
}

/** Binary values are part of it, too, so that two requests with other bytes differ. */
function fingerprintOf(items: readonly TransactWriteItem[]): string {
  const text = JSON.stringify(items, (_, value: unknown) =>
    value instanceof Uint8Array ? { B: Buffer.from(value).toString('base64') } : value,
  );
  return createHash('sha256').update(text).digest('base64');
}

export function transactGetItems(database: Database, input: TransactGetItemsCommandInput): Output<TransactGetItemsCommandOutput> {
  const given = input.TransactItems ?? [];
  requireActionCount(new Constraints().oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY), given);
  const bound = given.map(({ Get }, at) => {
    if (!Get) throw validation('TransactItems can only contain Get');
    const name = tableName(Get.TableName, `transactItems.${at + 1}.member.get.tableName`);
    return { name, key: readAttributes(Get.Key ?? {}, 'older'), selection: bindSelection(Get) };
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
    sum.table += readUnits(stored?.size ?? 0, true) * FACTOR;
    bytes += stored?.size ?? 0;
    if (!stored) return {};
    return { Item: selection ? selection.of(stored.item) : copyItem(stored.item) };
  });
  if (bytes > MAX_BYTES) throw validation('Transaction response size cannot exceed 4 MB');
  const capacity: ConsumedCapacity[] = [];
  for (const [table, sum] of units) {
    database.meter(table.name, 'read', totalUnits(sum));
    const one = consumedCapacity(input.ReturnConsumedCapacity, table, sum, 'read');
    if (one) capacity.push(one);
  }
  return { Responses: responses, ...(capacity.length > 0 ? { ConsumedCapacity: capacity } : {}) };
}
