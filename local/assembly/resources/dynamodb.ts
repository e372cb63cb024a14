import type {
  CreateTableCommandOutput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  ProvisionedThroughput,
  StreamSpecification,
  Tag,
} from '@aws-sdk/client-dynamodb';
import { REGION } from '../../kernel/index.ts';
import { type CreatedResource, type ResourceCloud, type ResourceRequest, type ResourceTypes, resourceType } from '../resource.ts';

interface StreamProperty {
  readonly StreamViewType: StreamSpecification['StreamViewType'];
  readonly ResourcePolicy?: unknown;
}

interface TimeToLiveProperty {
  readonly AttributeName?: string;
  readonly Enabled: boolean | string;
}

interface RecoveryProperty {
  readonly PointInTimeRecoveryEnabled?: boolean | string;
  readonly RecoveryPeriodInDays?: number;
}

interface EncryptionProperty {
  readonly SSEEnabled: boolean | string;
  readonly SSEType?: 'AES256' | 'KMS';
  readonly KMSMasterKeyId?: string;
}

interface ThroughputProperty {
  readonly ReadCapacityUnits: number | string;
  readonly WriteCapacityUnits: number | string;
}

type IndexProperty = Omit<GlobalSecondaryIndex, 'ProvisionedThroughput'> & {
  readonly ProvisionedThroughput?: ThroughputProperty;
  readonly WriteProvisionedThroughputSettings?: unknown;
};

/** What both types have in common. */
interface TableProperties {
  readonly TableName?: string;
  readonly AttributeDefinitions?: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
  readonly KeySchema?: KeySchemaElement[];
  readonly BillingMode?: 'PROVISIONED' | 'PAY_PER_REQUEST';
  readonly LocalSecondaryIndexes?: LocalSecondaryIndex[];
  readonly GlobalSecondaryIndexes?: IndexProperty[];
  readonly SSESpecification?: EncryptionProperty;
  readonly StreamSpecification?: StreamProperty;
  readonly TimeToLiveSpecification?: TimeToLiveProperty;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
interface CfnTable extends TableProperties {
  readonly ProvisionedThroughput?: ThroughputProperty;
  readonly DeletionProtectionEnabled?: boolean | string;
  readonly PointInTimeRecoverySpecification?: RecoveryProperty;
  readonly TableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
  readonly Tags?: Tag[];
}

interface ReplicaProperty {
  readonly Region: string;
  readonly DeletionProtectionEnabled?: boolean | string;
  readonly PointInTimeRecoverySpecification?: RecoveryProperty;
  readonly TableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
  readonly Tags?: Tag[];
  readonly KinesisStreamSpecification?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html */
interface CfnGlobalTable extends TableProperties {
  readonly Replicas: ReplicaProperty[];
}

const COMMON = [
  'AttributeDefinitions',
  'BillingMode',
  'GlobalSecondaryIndexes',
  'KeySchema',
  'LocalSecondaryIndexes',
  'SSESpecification',
  'StreamSpecification',
  'TableName',
  'TimeToLiveSpecification',
  'WarmThroughput',
];
/** Taken although nothing here depends on them: capacity is counted, never short; access policies and insights change no data. */
const TABLE = [
  ...COMMON,
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'PointInTimeRecoverySpecification',
  'ProvisionedThroughput',
  'ResourcePolicy',
  'TableClass',
  'Tags',
];
const GLOBAL_TABLE = [
  ...COMMON,
  'MultiRegionConsistency',
  'ReadOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
  'Replicas',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
];

/** Throughput where the template leaves it to auto scaling; it sets the number of a stream's shards and nothing else. */
const DEFAULT_THROUGHPUT: ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };

function table(properties: CfnTable, request: ResourceRequest, cloud: ResourceCloud): CreatedResource {
  refuseUnknown(properties, TABLE, request, cloud);
  return create(properties, request, cloud, { ...properties, throughput: properties.ProvisionedThroughput });
}

function globalTable(properties: CfnGlobalTable, request: ResourceRequest, cloud: ResourceCloud): CreatedResource {
  refuseUnknown(properties, GLOBAL_TABLE, request, cloud);
  const elsewhere = properties.Replicas.find(({ Region }) => Region !== REGION);
  if (elsewhere) {
    throw cloud.refuse(request, `Replicas has one in ${elsewhere.Region}: the local cloud has one region, ${REGION}.`);
  }
  const replica = properties.Replicas[0];
  if (replica?.KinesisStreamSpecification) {
    throw cloud.refuse(request, 'Replicas.KinesisStreamSpecification is not in the local cloud: use StreamSpecification.');
  }
  return create(properties, request, cloud, replica ?? {});
}

interface Settings {
  readonly throughput?: ThroughputProperty | undefined;
  readonly DeletionProtectionEnabled?: boolean | string;
  readonly PointInTimeRecoverySpecification?: RecoveryProperty;
  readonly TableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
  readonly Tags?: Tag[];
}

function create(properties: TableProperties, request: ResourceRequest, cloud: ResourceCloud, settings: Settings): CreatedResource {
  const name = properties.TableName ?? request.physicalName(255);
  const billing = properties.BillingMode ?? 'PROVISIONED';
  const { SSESpecification: sse, StreamSpecification: stream, TimeToLiveSpecification: ttl } = properties;
  const { PointInTimeRecoverySpecification: recovery } = settings;
  const { TableDescription: created } = cloud.invoke<CreateTableCommandOutput>('dynamodb', 'CreateTable', {
    TableName: name,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode: billing,
    ...(billing === 'PROVISIONED' ? { ProvisionedThroughput: throughput(settings.throughput) } : {}),
    ...(properties.LocalSecondaryIndexes?.length ? { LocalSecondaryIndexes: properties.LocalSecondaryIndexes } : {}),
    ...(properties.GlobalSecondaryIndexes?.length
      ? { GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes.map((index) => globalIndex(index, billing)) }
      : {}),
    ...(sse ? { SSESpecification: { Enabled: isTrue(sse.SSEEnabled), SSEType: sse.SSEType, KMSMasterKeyId: sse.KMSMasterKeyId } } : {}),
    ...(stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType } } : {}),
    DeletionProtectionEnabled: isTrue(settings.DeletionProtectionEnabled),
    TableClass: settings.TableClass,
    Tags: settings.Tags,
  });
  if (ttl?.AttributeName && isTrue(ttl.Enabled)) {
    cloud.invoke('dynamodb', 'UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: { AttributeName: ttl.AttributeName, Enabled: true },
    });
  }
  if (isTrue(recovery?.PointInTimeRecoveryEnabled)) {
    cloud.invoke('dynamodb', 'UpdateContinuousBackups', {
      TableName: name,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: true,
        RecoveryPeriodInDays: recovery?.RecoveryPeriodInDays === undefined ? undefined : Number(recovery.RecoveryPeriodInDays),
      },
    });
  }
  return {
    ref: name,
    attributes: {
      Arn: created?.TableArn,
      TableId: created?.TableId,
      ...(created?.LatestStreamArn ? { StreamArn: created.LatestStreamArn } : {}),
    },
  };
}

function globalIndex(index: IndexProperty, billing: string): GlobalSecondaryIndex {
  return {
    IndexName: index.IndexName,
    KeySchema: index.KeySchema,
    Projection: index.Projection,
    ...(billing === 'PROVISIONED' ? { ProvisionedThroughput: throughput(index.ProvisionedThroughput) } : {}),
  };
}

function throughput(given: ThroughputProperty | undefined): ProvisionedThroughput {
  if (!given) return DEFAULT_THROUGHPUT;
  return { ReadCapacityUnits: Number(given.ReadCapacityUnits), WriteCapacityUnits: Number(given.WriteCapacityUnits) };
}

/** Booleans of a template may be text. */
function isTrue(value: boolean | string | undefined): boolean {
  return value === true || value === 'true';
}

function refuseUnknown(properties: object, known: readonly string[], request: ResourceRequest, cloud: ResourceCloud): void {
  const unknown = Object.keys(properties).find((name) => !known.includes(name));
  if (unknown) throw cloud.refuse(request, `the local cloud has no ${unknown} for tables.`);
}

export const dynamodbResources: ResourceTypes = {
  'AWS::DynamoDB::Table': resourceType(table),
  'AWS::DynamoDB::GlobalTable': resourceType(globalTable),
};
