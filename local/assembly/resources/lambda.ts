import { readFileSync, statSync } from 'node:fs';
import type {
  AddPermissionRequest,
  Architecture,
  CreateFunctionRequest,
  EventSourceMappingConfiguration,
  FunctionConfiguration,
  FunctionUrlConfig,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../kernel/index.ts';
import { pick, refuseUnknown, toNumber } from '../properties.ts';
import {
  type CreatedResource,
  type ResourceCloud,
  type ResourceRequest,
  type ResourceType,
  type ResourceTypes,
  resourceType,
} from '../resource.ts';

type NumberText = number | string;

/** Lambda's own refusals, told of the resource they are about. */
function refusing<Properties>(
  create: (properties: Properties, request: ResourceRequest, cloud: ResourceCloud) => CreatedResource,
): ResourceType {
  return resourceType<Properties>((properties, request, cloud) => {
    try {
      return create(properties, request, cloud);
    } catch (error) {
      if (error instanceof AwsError) throw cloud.refuse(request, error.message);
      throw error;
    }
  });
}

interface FunctionProperties extends Omit<CreateFunctionRequest, 'Code' | 'FunctionName' | 'Timeout' | 'MemorySize' | 'EphemeralStorage'> {
  readonly FunctionName?: string;
  readonly Code: { readonly ZipFile?: string; readonly ImageUri?: string; readonly S3Bucket?: string; readonly S3Key?: string };
  readonly Timeout?: NumberText;
  readonly MemorySize?: NumberText;
  readonly EphemeralStorage?: { readonly Size: NumberText };
  readonly ReservedConcurrentExecutions?: NumberText;
  readonly Architectures?: Architecture[];
}

const FUNCTION = [
  'Architectures',
  'Code',
  'CodeSigningConfigArn',
  'DeadLetterConfig',
  'Description',
  'Environment',
  'EphemeralStorage',
  'FunctionName',
  'Handler',
  'KmsKeyArn',
  'Layers',
  'LoggingConfig',
  'MemorySize',
  'PackageType',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'Role',
  'Runtime',
  'RuntimeManagementConfig',
  'SnapStart',
  'Tags',
  'Timeout',
  'TracingConfig',
  'VpcConfig',
];

const lambdaFunction = refusing<FunctionProperties>((properties, request, cloud) => {
  refuseUnknown(properties, FUNCTION, request, cloud);
  const FunctionName = properties.FunctionName ?? request.physicalName(64);
  const timeout = toNumber(properties.Timeout);
  const memory = toNumber(properties.MemorySize);
  const storage = toNumber(properties.EphemeralStorage?.Size);
  const created = cloud.invoke<FunctionConfiguration>('lambda', 'CreateFunction', {
    ...pick(
      properties,
      'Architectures',
      'DeadLetterConfig',
      'Description',
      'Environment',
      'Handler',
      'Layers',
      'LoggingConfig',
      'Role',
      'Runtime',
      'TracingConfig',
    ),
    FunctionName,
    Code: codeOf(properties, request, cloud),
    ...(timeout === undefined ? {} : { Timeout: timeout }),
    ...(memory === undefined ? {} : { MemorySize: memory }),
    ...(storage === undefined ? {} : { EphemeralStorage: { Size: storage } }),
  });
  const reserved = toNumber(properties.ReservedConcurrentExecutions);
  if (reserved !== undefined) cloud.invoke('lambda', 'PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: reserved });
  return { ref: FunctionName, attributes: { Arn: created.FunctionArn } };
});

function codeOf({ Code: code }: FunctionProperties, request: ResourceRequest, cloud: ResourceCloud): object {
  if (code.ZipFile !== undefined) return { Inline: code.ZipFile };
  if (code.ImageUri !== undefined) return { ImageUri: code.ImageUri };
  if (request.assetPath === undefined) {
    throw cloud.refuse(
      request,
      'Its code is an asset, and the template does not say which. Synthesize with the context aws:cdk:enable-asset-metadata, as the CDK command line does.',
    );
  }
  return statSync(request.assetPath).isDirectory() ? { LocalDirectory: request.assetPath } : { ZipFile: readFileSync(request.assetPath) };
}

interface VersionProperties {
  readonly FunctionName: string;
  readonly Description?: string;
}

const version = refusing<VersionProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['FunctionName', 'Description', 'CodeSha256', 'ProvisionedConcurrencyConfig', 'RuntimePolicy'], request, cloud);
  const published = cloud.invoke<FunctionConfiguration>('lambda', 'PublishVersion', pick(properties, 'FunctionName', 'Description'));
  return { ref: published.FunctionArn ?? '', attributes: { Version: published.Version, FunctionArn: published.FunctionArn } };
});

interface AliasProperties {
  readonly FunctionName: string;
  readonly FunctionVersion: string;
  readonly Name: string;
  readonly Description?: string;
  readonly RoutingConfig?: {
    readonly AdditionalVersionWeights: readonly { readonly FunctionVersion: string; readonly FunctionWeight: NumberText }[];
  };
}

const alias = refusing<AliasProperties>((properties, request, cloud) => {
  const known = ['FunctionName', 'FunctionVersion', 'Name', 'Description', 'RoutingConfig', 'ProvisionedConcurrencyConfig'];
  refuseUnknown(properties, known, request, cloud);
  const weights = properties.RoutingConfig?.AdditionalVersionWeights ?? [];
  const { AliasArn } = cloud.invoke<{ AliasArn: string }>('lambda', 'CreateAlias', {
    ...pick(properties, 'FunctionName', 'FunctionVersion', 'Name', 'Description'),
    RoutingConfig: {
      AdditionalVersionWeights: Object.fromEntries(weights.map((weight) => [weight.FunctionVersion, Number(weight.FunctionWeight)])),
    },
  });
  return { ref: AliasArn, attributes: { AliasArn } };
});

const PERMISSION = [
  'Action',
  'EventSourceToken',
  'FunctionName',
  'FunctionUrlAuthType',
  'InvokedViaFunctionUrl',
  'Principal',
  'PrincipalOrgID',
  'SourceAccount',
  'SourceArn',
];

const permission = refusing<AddPermissionRequest>((properties, request, cloud) => {
  refuseUnknown(properties, PERMISSION, request, cloud);
  const StatementId = request.physicalName(100);
  cloud.invoke('lambda', 'AddPermission', { ...properties, StatementId });
  return { ref: StatementId, attributes: { Id: StatementId } };
});

interface MappingProperties {
  readonly BatchSize?: NumberText;
  readonly BisectBatchOnFunctionError?: boolean | string;
  readonly Enabled?: boolean | string;
  readonly MaximumBatchingWindowInSeconds?: NumberText;
  readonly MaximumRecordAgeInSeconds?: NumberText;
  readonly MaximumRetryAttempts?: NumberText;
  readonly ParallelizationFactor?: NumberText;
  readonly ScalingConfig?: { readonly MaximumConcurrency?: NumberText };
  readonly StartingPositionTimestamp?: NumberText;
  readonly TumblingWindowInSeconds?: NumberText;
  readonly DestinationConfig?: object;
  readonly EventSourceArn?: string;
  readonly FilterCriteria?: object;
  readonly FunctionName: string;
  readonly FunctionResponseTypes?: readonly string[];
  readonly StartingPosition?: string;
}

const MAPPING_NUMBERS = [
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'TumblingWindowInSeconds',
] as const;
const MAPPING = [
  ...MAPPING_NUMBERS,
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'Enabled',
  'EventSourceArn',
  'FilterCriteria',
  'FunctionName',
  'FunctionResponseTypes',
  'KmsKeyArn',
  'LoggingConfig',
  'MetricsConfig',
  'ProvisionedPollerConfig',
  'ScalingConfig',
  'StartingPosition',
  'StartingPositionTimestamp',
  'Tags',
];

const mapping = refusing<MappingProperties>((properties, request, cloud) => {
  refuseUnknown(properties, MAPPING, request, cloud);
  const numbers = MAPPING_NUMBERS.filter((name) => properties[name] !== undefined).map((name) => [name, Number(properties[name])]);
  const concurrency = toNumber(properties.ScalingConfig?.MaximumConcurrency);
  const timestamp = toNumber(properties.StartingPositionTimestamp);
  const created = cloud.invoke<EventSourceMappingConfiguration>('lambda', 'CreateEventSourceMapping', {
    ...pick(
      properties,
      'DestinationConfig',
      'EventSourceArn',
      'FilterCriteria',
      'FunctionName',
      'FunctionResponseTypes',
      'StartingPosition',
    ),
    ...Object.fromEntries(numbers),
    ...(properties.BisectBatchOnFunctionError === undefined
      ? {}
      : { BisectBatchOnFunctionError: isTrue(properties.BisectBatchOnFunctionError) }),
    ...(properties.Enabled === undefined ? {} : { Enabled: isTrue(properties.Enabled) }),
    ...(concurrency === undefined ? {} : { ScalingConfig: { MaximumConcurrency: concurrency } }),
    ...(timestamp === undefined ? {} : { StartingPositionTimestamp: new Date(timestamp * 1000) }),
  });
  return { ref: created.UUID ?? '', attributes: { Id: created.UUID, EventSourceMappingArn: created.EventSourceMappingArn } };
});

const isTrue = (value: boolean | string): boolean => value === true || value === 'true';

interface EventInvokeConfigProperties {
  readonly FunctionName: string;
  readonly Qualifier: string;
  readonly DestinationConfig?: object;
  readonly MaximumEventAgeInSeconds?: NumberText;
  readonly MaximumRetryAttempts?: NumberText;
}

const eventInvokeConfig = refusing<EventInvokeConfigProperties>((properties, request, cloud) => {
  const known = ['FunctionName', 'Qualifier', 'DestinationConfig', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts'];
  refuseUnknown(properties, known, request, cloud);
  const age = toNumber(properties.MaximumEventAgeInSeconds);
  const retries = toNumber(properties.MaximumRetryAttempts);
  cloud.invoke('lambda', 'PutFunctionEventInvokeConfig', {
    ...pick(properties, 'FunctionName', 'Qualifier', 'DestinationConfig'),
    ...(age === undefined ? {} : { MaximumEventAgeInSeconds: age }),
    ...(retries === undefined ? {} : { MaximumRetryAttempts: retries }),
  });
  return { ref: request.physicalName(64) };
});

interface UrlProperties {
  readonly TargetFunctionArn: string;
  readonly AuthType: string;
  readonly Cors?: object;
  readonly InvokeMode?: string;
  readonly Qualifier?: string;
}

const url = refusing<UrlProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['TargetFunctionArn', 'AuthType', 'Cors', 'InvokeMode', 'Qualifier'], request, cloud);
  const { TargetFunctionArn: FunctionName, ...settings } = properties;
  const created = cloud.invoke<FunctionUrlConfig>('lambda', 'CreateFunctionUrlConfig', { ...settings, FunctionName });
  return { ref: FunctionName, attributes: { FunctionArn: created.FunctionArn, FunctionUrl: created.FunctionUrl } };
});

const layer = resourceType((_properties, request, cloud) => {
  throw cloud.refuse(request, 'The local cloud has no layers: bundle the code with the functions that use it.');
});

export const lambdaResources: ResourceTypes = {
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Version': version,
  'AWS::Lambda::Alias': alias,
  'AWS::Lambda::Permission': permission,
  'AWS::Lambda::EventSourceMapping': mapping,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::Url': url,
  'AWS::Lambda::LayerVersion': layer,
};
