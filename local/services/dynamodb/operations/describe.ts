import type {
  GlobalSecondaryIndexDescription,
  KeySchemaElement,
  LocalSecondaryIndexDescription,
  Projection,
  ProvisionedThroughputDescription,
  TableDescription,
  TableStatus,
} from '@aws-sdk/client-dynamodb';
import type { Table } from '../database.ts';
import type { IndexSchema, KeySchema } from '../storage/schema.ts';
import { definedTypes } from './schemas.ts';

/** A table as DescribeTable shows it. Counts and sizes, which AWS brings up to date every six hours, are those of now. */
export function describeTable(table: Table, status: TableStatus = 'ACTIVE'): TableDescription {
  const { schema, settings, stream, items } = table;
  const indexes = [...schema.indexes.values()];
  const local = indexes.filter(({ kind }) => kind === 'local').map((index) => describeIndex(table, index));
  const global = indexes.filter(({ kind }) => kind === 'global').map((index) => describeGlobalIndex(table, index));
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableId: table.id,
    TableStatus: status,
    CreationDateTime: new Date(table.createdAt),
    AttributeDefinitions: [...definedTypes(schema)].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: describeKeys(schema.keys),
    ProvisionedThroughput: describeThroughput(settings.throughput),
    ...(settings.billingMode === 'PAY_PER_REQUEST'
      ? { BillingModeSummary: { BillingMode: settings.billingMode, LastUpdateToPayPerRequestDateTime: new Date(table.createdAt) } }
      : {}),
    TableSizeBytes: items.bytes,
    ItemCount: items.entries.size,
    DeletionProtectionEnabled: settings.deletionProtection,
    ...(settings.tableClass === 'STANDARD' ? {} : { TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' as const } }),
    ...(settings.sse ? { SSEDescription: { ...settings.sse } } : {}),
    ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
    ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
    ...(stream
      ? {
          ...(stream.enabled ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.options.view } } : {}),
          LatestStreamArn: stream.arn,
          LatestStreamLabel: stream.options.label,
        }
      : {}),
  };
}

function describeIndex({ arn, items }: Table, { name, keys, projection }: IndexSchema): LocalSecondaryIndexDescription {
  const index = items.index(name);
  return {
    IndexName: name,
    IndexArn: `${arn}/index/${name}`,
    KeySchema: describeKeys(keys),
    Projection: describeProjection(projection),
    IndexSizeBytes: index?.bytes ?? 0,
    ItemCount: index?.entries.size ?? 0,
  };
}

function describeGlobalIndex(table: Table, index: IndexSchema): GlobalSecondaryIndexDescription {
  return {
    ...describeIndex(table, index),
    IndexStatus: 'ACTIVE',
    ProvisionedThroughput: describeThroughput(table.settings.indexThroughput.get(index.name) ?? { read: 0, write: 0 }),
  };
}

export function describeKeys({ hashes, ranges }: KeySchema): KeySchemaElement[] {
  return [
    ...hashes.map(({ name }) => ({ AttributeName: name, KeyType: 'HASH' as const })),
    ...ranges.map(({ name }) => ({ AttributeName: name, KeyType: 'RANGE' as const })),
  ];
}

function describeProjection({ type, include }: IndexSchema['projection']): Projection {
  return { ProjectionType: type, ...(type === 'INCLUDE' ? { NonKeyAttributes: [...include] } : {}) };
}

function describeThroughput({ read, write }: { read: number; write: number }): ProvisionedThroughputDescription {
  return { ReadCapacityUnits: read, WriteCapacityUnits: write, NumberOfDecreasesToday: 0 };
}
