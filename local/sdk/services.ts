import { createRequire } from 'node:module';
import type { ServiceName } from '../kernel/index.ts';

/** A service as the SDK knows it. */
export interface SdkService {
  readonly name: ServiceName;
  /** Package of its client. */
  readonly client: string;
}

const sdk = (name: ServiceName, client: string): SdkService => ({ name, client: `@aws-sdk/client-${client}` });

/** By the `serviceId` in a client's configuration. */
const SERVICES: Readonly<Record<string, SdkService>> = {
  'API Gateway': sdk('apigateway', 'api-gateway'),
  AppConfigData: sdk('appconfig', 'appconfigdata'),
  CloudWatch: sdk('cloudwatch', 'cloudwatch'),
  DynamoDB: sdk('dynamodb', 'dynamodb'),
  'DynamoDB Streams': sdk('dynamodbstreams', 'dynamodb-streams'),
  EventBridge: sdk('events', 'eventbridge'),
  IAM: sdk('iam', 'iam'),
  Kinesis: sdk('kinesis', 'kinesis'),
  Lambda: sdk('lambda', 'lambda'),
  S3: sdk('s3', 's3'),
  SFN: sdk('states', 'sfn'),
  SNS: sdk('sns', 'sns'),
  SQS: sdk('sqs', 'sqs'),
  SSM: sdk('ssm', 'ssm'),
  STS: sdk('sts', 'sts'),
  Scheduler: sdk('scheduler', 'scheduler'),
  'Secrets Manager': sdk('secretsmanager', 'secrets-manager'),
};

/** @throws Error for a service that the local cloud does not have */
export function sdkService(serviceId: string): SdkService {
  const service = SERVICES[serviceId];
  if (!service) {
    throw new Error(`The local cloud has no service '${serviceId}'. It has: ${Object.keys(SERVICES).join(', ')}.`);
  }
  return service;
}

export type SdkModule = Readonly<Record<string, unknown>>;

const ownRequire = createRequire(import.meta.url);
const projectRequire = createRequire(`${process.cwd()}/package.json`);

/** Loads a package of the SDK: the local cloud's own copy, else the project's. */
export function loadSdkModule(specifier: string): SdkModule {
  try {
    return ownRequire(specifier) as SdkModule;
  } catch (error) {
    if (!isNotFound(error, specifier)) throw error;
    return projectRequire(specifier) as SdkModule;
  }
}

function isNotFound(error: unknown, specifier: string): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND' && error.message.includes(`'${specifier}'`);
}
