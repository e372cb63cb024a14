import type {
  CreateTableCommandInput,
  CreateTableCommandOutput,
  DeleteTableCommandInput,
  DeleteTableCommandOutput,
  DescribeTableCommandInput,
  DescribeTableCommandOutput,
  ListTablesCommandInput,
  ListTablesCommandOutput,
  ProvisionedThroughput,
  SSEDescription,
  SSESpecification,
  StreamSpecification,
} from '@aws-sdk/client-dynamodb';
import { arn } from '../../../kernel/index.ts';
import type { Database, Table } from '../database.ts';
import { invalidParameter, resourceInUse, resourceNotFound, validation } from '../errors.ts';
import { TableItems } from '../storage/table.ts';
import { ChangeStream } from '../streams/change-stream.ts';
import { Constraints, tableName } from './constraints.ts';
import { describeTable } from './describe.ts';
import type { Output } from './output.ts';
import { tableSchema } from './schemas.ts';

const BILLING_MODES = ['PROVISIONED', 'PAY_PER_REQUEST'];
export const VIEW_TYPES = ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'];
/** Write units that one partition, and so one shard of a stream, bears. */
const UNITS_OF_A_PARTITION = 1000;
const PARTITIONS_ON_DEMAND = 4;

export function createTable(database: Database, input: CreateTableCommandInput): Output<CreateTableCommandOutput> {
  if (input.TableName === undefined) throw validation("The parameter 'TableName' is required but was not present in the request");
  const name = tableName(input.TableName);
  new Constraints().oneOf(input.BillingMode, 'billingMode', BILLING_MODES).check();
  const billingMode = input.BillingMode ?? 'PROVISIONED';
  const schema = tableSchema(input);
  const throughput = throughputOf(input.ProvisionedThroughput, billingMode, 'the table');
  const indexThroughput = new Map(
    (input.GlobalSecondaryIndexes ?? []).map((index) => [
      index.IndexName ?? '',
      throughputOf(index.ProvisionedThroughput, billingMode, `index: ${index.IndexName}`),
    ]),
  );
  checkStream(input.StreamSpecification);
  if (database.tables.has(name)) throw resourceInUse(`Table already exists: ${name}`);
  const table: Table = {
    name,
    arn: arn('dynamodb', `table/${name}`),
    id: database.kernel.uuid(),
    createdAt: database.kernel.now(),
    schema,
    items: new TableItems(schema),
    settings: {
      billingMode,
      throughput,
      indexThroughput,
      deletionProtection: input.DeletionProtectionEnabled ?? false,
      tableClass: input.TableClass ?? 'STANDARD',
      sse: encryption(input.SSESpecification),
      pointInTimeRecovery: { enabled: false, days: 35 },
      tags: new Map((input.Tags ?? []).map((tag) => [tag.Key ?? '', { ...tag }])),
    },
    stream: undefined,
    expiry: undefined,
    expiryTimer: undefined,
  };
  database.tables.set(name, table);
  if (input.StreamSpecification?.StreamEnabled) enableStream(database, table, input.StreamSpecification);
  return { TableDescription: describeTable(table, 'CREATING') };
}

export function throughputOf(given: ProvisionedThroughput | undefined, billingMode: string, what: string): { read: number; write: number } {
  if (billingMode === 'PAY_PER_REQUEST') {
    if (given && (given.ReadCapacityUnits || given.WriteCapacityUnits)) {
      throw invalidParameter('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST');
    }
    return { read: 0, write: 0 };
  }
  if (!given) {
    throw invalidParameter(
      what === 'the table'
        ? 'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED'
        : `ProvisionedThroughput is not specified for ${what}`,
    );
  }
  new Constraints()
    .required(given.ReadCapacityUnits, 'provisionedThroughput.readCapacityUnits')
    .required(given.WriteCapacityUnits, 'provisionedThroughput.writeCapacityUnits')
    .atLeast(given.ReadCapacityUnits, 'provisionedThroughput.readCapacityUnits', 1)
    .atLeast(given.WriteCapacityUnits, 'provisionedThroughput.writeCapacityUnits', 1)
    .check();
  return { read: given.ReadCapacityUnits ?? 0, write: given.WriteCapacityUnits ?? 0 };
}

export function encryption(given: SSESpecification | undefined): SSEDescription | undefined {
  if (!given?.Enabled) return undefined;
  return {
    Status: 'ENABLED',
    SSEType: given.SSEType ?? 'KMS',
    KMSMasterKeyArn: given.KMSMasterKeyId ?? arn('kms', 'alias/aws/dynamodb'),
  };
}

export function checkStream(given: StreamSpecification | undefined): void {
  if (!given) return;
  new Constraints().oneOf(given.StreamViewType, 'streamSpecification.streamViewType', VIEW_TYPES).check();
  if (given.StreamEnabled && !given.StreamViewType) {
    throw invalidParameter('StreamViewType cannot be null when StreamEnabled is true');
  }
  if (!given.StreamEnabled && given.StreamViewType) {
    throw invalidParameter('StreamViewType cannot be set when StreamEnabled is false');
  }
}

export function enableStream(database: Database, table: Table, { StreamViewType }: StreamSpecification): void {
  const { kernel, options } = database;
  let at = kernel.now();
  // A label is a time; two streams of a table never have the same.
  while (database.streams.has(streamArn(table, label(at)))) at += 1;
  const { billingMode, throughput } = table.settings;
  const partitions =
    billingMode === 'PAY_PER_REQUEST' ? PARTITIONS_ON_DEMAND : Math.max(1, Math.ceil(throughput.write / UNITS_OF_A_PARTITION));
  const stream = new ChangeStream({
    arn: streamArn(table, label(at)),
    label: label(at),
    tableName: table.name,
    view: StreamViewType ?? 'KEYS_ONLY',
    keys: table.schema.keys,
    createdAt: kernel.now(),
    shards: options.streamShards ?? partitions,
    id: kernel.uuid().replaceAll('-', '').slice(0, 16),
  });
  table.stream = stream;
  database.streams.set(stream.arn, stream);
}

function label(at: number): string {
  return new Date(at).toISOString().slice(0, -1);
}

function streamArn(table: Table, streamLabel: string): string {
  return `${table.arn}/stream/${streamLabel}`;
}

export function describe(database: Database, input: DescribeTableCommandInput): Output<DescribeTableCommandOutput> {
  return { Table: describeTable(tableOf(database, input.TableName)) };
}

/** @throws AwsError that names the table, as control-plane operations do */
export function tableOf(database: Database, given: string | undefined): Table {
  const name = tableName(given);
  const table = database.tables.get(name);
  if (!table) throw resourceNotFound(`Requested resource not found: Table: ${name} not found`);
  return table;
}

export function deleteTable(database: Database, input: DeleteTableCommandInput): Output<DeleteTableCommandOutput> {
  const table = tableOf(database, input.TableName);
  if (table.settings.deletionProtection) {
    throw validation(`Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`);
  }
  database.tables.delete(table.name);
  table.expiryTimer?.cancel();
  if (table.stream?.enabled) table.stream.disable(database.kernel.now());
  return { TableDescription: { ...describeTable(table, 'DELETING') } };
}

export function listTables(database: Database, input: ListTablesCommandInput): Output<ListTablesCommandOutput> {
  new Constraints().atLeast(input.Limit, 'limit', 1).atMost(input.Limit, 'limit', 100).check();
  const after = input.ExclusiveStartTableName;
  const names = [...database.tables.keys()].sort().filter((name) => after === undefined || name > after);
  const page = names.slice(0, input.Limit ?? 100);
  const last = page[page.length - 1];
  return { TableNames: page, ...(last !== undefined && page.length < names.length ? { LastEvaluatedTableName: last } : {}) };
}
