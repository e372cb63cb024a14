import type { GlobalSecondaryIndexUpdate, UpdateTableCommandInput, UpdateTableCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Database, Table } from '../database.ts';
import { invalidParameter, resourceNotFound, validation } from '../errors.ts';
import type { KeyType } from '../values/attribute-value.ts';
import { Constraints } from './constraints.ts';
import { describeTable } from './describe.ts';
import type { Output } from './output.ts';
import { definedTypes, globalIndex } from './schemas.ts';
import { checkStream, enableStream, encryption, tableOf, throughputOf } from './tables.ts';

/** Changes take effect at once; indexes are filled before the call returns. */
export function updateTable(database: Database, input: UpdateTableCommandInput): Output<UpdateTableCommandOutput> {
  new Constraints().oneOf(input.BillingMode, 'billingMode', ['PROVISIONED', 'PAY_PER_REQUEST']).check();
  const table = tableOf(database, input.TableName);
  requireAnyUpdate(input);
  const { settings } = table;
  const billingMode = input.BillingMode ?? settings.billingMode;
  if (input.ReplicaUpdates) throw validation('The local cloud has one region: replicas cannot be added to or removed from a table.');
  if (input.BillingMode !== undefined || input.ProvisionedThroughput) {
    if (input.ProvisionedThroughput || billingMode === 'PROVISIONED') requireOtherThroughput(table, input);
    settings.throughput = throughputOf(input.ProvisionedThroughput, billingMode, 'the table');
    settings.billingMode = billingMode;
  }
  updateStream(database, table, input);
  for (const update of input.GlobalSecondaryIndexUpdates ?? []) updateIndex(table, update, input);
  if (input.DeletionProtectionEnabled !== undefined) settings.deletionProtection = input.DeletionProtectionEnabled;
  if (input.TableClass !== undefined) settings.tableClass = input.TableClass;
  if (input.SSESpecification) settings.sse = encryption(input.SSESpecification);
  return { TableDescription: describeTable(table, 'UPDATING') };
}

function requireAnyUpdate(input: UpdateTableCommandInput): void {
  const { TableName: _name, AttributeDefinitions: _definitions, ...updates } = input;
  if (Object.values(updates).every((value) => value === undefined)) {
    throw invalidParameter(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
    );
  }
}

function requireOtherThroughput(
  { name, settings }: Table,
  { ProvisionedThroughput: given, GlobalSecondaryIndexUpdates }: UpdateTableCommandInput,
): void {
  const { read, write } = settings.throughput;
  if (given && given.ReadCapacityUnits === read && given.WriteCapacityUnits === write && !GlobalSecondaryIndexUpdates) {
    throw validation(
      `The provisioned throughput for the table will not change. The requested value equals the current value. ` +
        `Current ReadCapacityUnits provisioned for the table: ${read}. Requested ReadCapacityUnits: ${read}. ` +
        `Current WriteCapacityUnits provisioned for the table: ${write}. Requested WriteCapacityUnits: ${write}. ` +
        `Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits. Table: ${name}`.replace(
          / Table: .*$/,
          '',
        ),
    );
  }
}

function updateStream(database: Database, table: Table, { StreamSpecification: given }: UpdateTableCommandInput): void {
  if (!given) return;
  checkStream(given);
  const on = table.stream?.enabled === true;
  if (given.StreamEnabled && on) throw validation(`Table already has an enabled stream: TableName: ${table.name}`);
  if (!given.StreamEnabled && !on) throw validation(`Table has no stream to disable: TableName: ${table.name}`);
  if (given.StreamEnabled) enableStream(database, table, given);
  else table.stream?.disable(database.kernel.now());
}

function updateIndex(table: Table, { Create, Delete, Update }: GlobalSecondaryIndexUpdate, input: UpdateTableCommandInput): void {
  const indexes = new Map(table.schema.indexes);
  if (Create) {
    const types: Map<string, KeyType> = definedTypes(table.schema);
    for (const { AttributeName = '', AttributeType } of input.AttributeDefinitions ?? [])
      types.set(AttributeName, AttributeType as KeyType);
    const index = globalIndex(Create, table.schema.keys, types);
    if (indexes.has(index.name)) throw validation('Attempting to create an index which already exists');
    table.settings.indexThroughput.set(
      index.name,
      throughputOf(Create.ProvisionedThroughput, table.settings.billingMode, `index: ${index.name}`),
    );
    indexes.set(index.name, index);
    table.items.addIndex(index);
  }
  const name = (Delete ?? Update)?.IndexName ?? '';
  if ((Delete || Update) && indexes.get(name)?.kind !== 'global') {
    throw resourceNotFound(`Requested resource not found: Index: ${name} not found for table: ${table.name}`);
  }
  if (Delete) {
    indexes.delete(name);
    table.items.removeIndex(name);
    table.settings.indexThroughput.delete(name);
  }
  if (Update?.ProvisionedThroughput) {
    table.settings.indexThroughput.set(name, throughputOf(Update.ProvisionedThroughput, table.settings.billingMode, `index: ${name}`));
  }
  table.schema = { ...table.schema, indexes };
}
