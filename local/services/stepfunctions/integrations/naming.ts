import type { ServiceName } from '../../../kernel/index.ts';

/** A service as `aws-sdk` resources name it. */
export interface SdkService {
  readonly service: ServiceName;
  /** The client's name in error names and causes: `DynamoDb.…Exception`. */
  readonly client: string;
  /** Whether the API's own members begin in lower case; Step Functions shows them in upper case all the same. */
  readonly camel: boolean;
}

const SERVICES: Readonly<Record<string, SdkService>> = {
  cloudwatch: { service: 'cloudwatch', client: 'CloudWatch', camel: false },
  dynamodb: { service: 'dynamodb', client: 'DynamoDb', camel: false },
  eventbridge: { service: 'events', client: 'EventBridge', camel: false },
  kinesis: { service: 'kinesis', client: 'Kinesis', camel: false },
  lambda: { service: 'lambda', client: 'Lambda', camel: false },
  s3: { service: 's3', client: 'S3', camel: false },
  scheduler: { service: 'scheduler', client: 'Scheduler', camel: false },
  secretsmanager: { service: 'secretsmanager', client: 'SecretsManager', camel: false },
  sfn: { service: 'states', client: 'Sfn', camel: true },
  sns: { service: 'sns', client: 'Sns', camel: false },
  sqs: { service: 'sqs', client: 'Sqs', camel: false },
  ssm: { service: 'ssm', client: 'Ssm', camel: false },
  sts: { service: 'sts', client: 'Sts', camel: false },
};

export function sdkService(name: string): SdkService | undefined {
  return SERVICES[name];
}

export function knownSdkServices(): readonly string[] {
  return Object.keys(SERVICES);
}
