import { createRequire } from 'node:module';
import type { ServiceName } from '../../../local/kernel/index.ts';
import type { SdkClient } from '../../../local/sdk/index.ts';

const require = createRequire(import.meta.url);

/** A real client of the SDK, whichever service it is for. */
export interface AnyClient extends SdkClient {
  send(command: object): Promise<Record<string, unknown>>;
  destroy(): void;
}

export interface ClientPackage {
  readonly service: ServiceName;
  readonly exports: Readonly<Record<string, unknown>>;
  connectTo(endpoint: string): AnyClient;
  command(operation: string, input: object): object;
}

type Constructor<Value> = new (options: object) => Value;

const PACKAGES: readonly (readonly [ServiceName, string, string])[] = [
  ['cloudwatch', 'cloudwatch', 'CloudWatchClient'],
  ['dynamodb', 'dynamodb', 'DynamoDBClient'],
  ['dynamodbstreams', 'dynamodb-streams', 'DynamoDBStreamsClient'],
  ['events', 'eventbridge', 'EventBridgeClient'],
  ['kinesis', 'kinesis', 'KinesisClient'],
  ['lambda', 'lambda', 'LambdaClient'],
  ['s3', 's3', 'S3Client'],
  ['scheduler', 'scheduler', 'SchedulerClient'],
  ['secretsmanager', 'secrets-manager', 'SecretsManagerClient'],
  ['sns', 'sns', 'SNSClient'],
  ['sqs', 'sqs', 'SQSClient'],
  ['ssm', 'ssm', 'SSMClient'],
  ['states', 'sfn', 'SFNClient'],
  ['sts', 'sts', 'STSClient'],
];

export const CLIENTS: readonly ClientPackage[] = PACKAGES.map(([service, name, client]) => {
  const exports = require(`@aws-sdk/client-${name}`) as Readonly<Record<string, unknown>>;
  return {
    service,
    exports,
    connectTo: (endpoint) =>
      new (exports[client] as Constructor<AnyClient>)({
        endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
        maxAttempts: 1,
        // Their values are made up here, so that SQS's checksums of them cannot agree.
        md5: false,
        disableHostPrefix: true,
      }),
    command: (operation, input) => new (exports[`${operation}Command`] as Constructor<object>)(input),
  };
});
