import { createHash } from 'node:crypto';
import type { TransactWriteItem, TransactWriteItemsCommandInput, TransactWriteItemsCommandOutput } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../../kernel/index.ts';
import type { Change, Database, Table, Transaction } from '../database.ts';
import { validation } from '../errors.ts';
import { readUnits } from '../storage/capacity.ts';
import { OLDER } from '../wording.ts';
import { identity, metricsByTable, sumByTable } from './by-table.ts';
import { cancelled, MAX_TRANSACTION_BYTES, reasonable, requireActionCount, TRANSACTION_FACTOR } from './cancellation.ts';
import { CAPACITY, Constraints, METRICS, tableName } from './constraints.ts';
import { consumedCapacities, noUnits, type Units } from './consumed-capacity.ts';
import { EmptyKeyError } from './keys.ts';
import type { Output } from './output.ts';
import { bindCheck, bindDelete, bindPut, bindUpdateWrite, type Write } from './writes.ts';

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
  if (known) return readAgain(database, input, known);

  const outcomes = attempts.map(({ value, reason }) =>
    value ? reasonable(() => value.write.attempt(value.table, value.place), EmptyKeyError) : { value: undefined, reason },
  );
  const reasons = outcomes.map(({ reason }) => reason ?? { Code: 'None' });
  if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  const changes = outcomes.flatMap(({ value }) => (value ? [value] : []));
  requireBytes(changes);
  if (token !== undefined) database.rememberTransaction(token, remembered(fingerprint, changes, database.kernel.now()));
  return made(database, input, changes);
}

function made(
  database: Database,
  input: TransactWriteItemsCommandInput,
  changes: readonly Change[],
): Output<TransactWriteItemsCommandOutput> {
  const units = sumByTable(changes, database.commit(changes, TRANSACTION_FACTOR), TRANSACTION_FACTOR);
  const metrics = input.ReturnItemCollectionMetrics === 'SIZE' ? metricsByTable(changes) : {};
  return {
    ...consumedCapacities(units, input, 'write'),
    ...(Object.keys(metrics).length > 0 ? { ItemCollectionMetrics: metrics } : {}),
  };
}

function remembered(fingerprint: string, changes: readonly Change[], now: number): Transaction {
  const reads = changes.map(({ table, before, after }) => ({ table, bytes: Math.max(before?.size ?? 0, after?.size ?? 0) }));
  return { fingerprint, reads, until: now + TOKEN_MS };
}

/** The answer to a request that repeats one that was made: nothing is written, only read. */
function readAgain(
  database: Database,
  input: TransactWriteItemsCommandInput,
  { reads }: Transaction,
): Output<TransactWriteItemsCommandOutput> {
  const units = new Map<Table, Units>();
  for (const { table, bytes } of reads) {
    const sum = units.get(table) ?? noUnits();
    units.set(table, sum);
    sum.table += readUnits(bytes, true) * TRANSACTION_FACTOR;
  }
  for (const [table, sum] of units) database.meter(table.name, 'read', sum.table);
  return consumedCapacities(units, input, 'read');
}

function bindAction(item: TransactWriteItem, at: number): Action {
  const { Put, Update, Delete, ConditionCheck } = item;
  const [action, second] = [Put, Update, Delete, ConditionCheck].filter((one) => one !== undefined);
  if (!action) throw validation('Invalid Request: TransactWriteRequest should contain Delete or Put or Update request');
  if (second) {
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

function requireBytes(changes: readonly Change[]): void {
  const bytes = changes.reduce((sum, { before, after }) => sum + (after?.size ?? before?.size ?? 0), 0);
  if (bytes > MAX_TRANSACTION_BYTES) throw validation('Transaction request size cannot exceed 4 MB');
}

/** Binary values are part of it, too, so that two requests with other bytes differ. */
function fingerprintOf(items: readonly TransactWriteItem[]): string {
  const text = JSON.stringify(items, (_, value: unknown) =>
    value instanceof Uint8Array ? { B: Buffer.from(value).toString('base64') } : value,
  );
  return createHash('sha256').update(text).digest('base64');
}
