import { createRequire } from 'node:module';
import type { ServiceName } from '../../../local/kernel/index.ts';
import type { SdkClient } from '../../../local/sdk/index.ts';

const require = createRequire(import.meta.url);
/** The SDK's own protocols, as its clients load them. */
const protocols = createRequire(require.resolve('@aws-sdk/client-sqs'))('@aws-sdk/core/protocols') as Readonly<Record<string, unknown>>;

/** A real client of the SDK, whichever service it is for. */
export interface AnyClient extends SdkClient {
  send(command: object): Promise<Record<string, unknown>>;
  destroy(): void;
}

export interface ClientPackage {
  readonly service: ServiceName;
  /** Set where the client is made to speak another protocol than its own. */
  readonly protocol?: OtherProtocol;
  readonly exports: Readonly<Record<string, unknown>>;
  connectTo(endpoint: string, options?: object): AnyClient;
  command(operation: string, input: object): object;
}

/** A protocol of the SDK other than the one its client speaks by itself. */
export type OtherProtocol = 'AwsQueryProtocol' | 'AwsSmithyRpcV2CborProtocol' | 'AwsSmithyRpcV2JsonProtocol' | 'AwsJson1_1Protocol';

type Constructor<Value> = new (options: object) => Value;

const PACKAGES: readonly (readonly [service: ServiceName, name: string, client: string, protocol?: OtherProtocol])[] = [
  ['cloudwatch', 'cloudwatch', 'CloudWatchClient'],
  ['cloudwatch', 'cloudwatch', 'CloudWatchClient', 'AwsQueryProtocol'],
  ['cloudwatch', 'cloudwatch', 'CloudWatchClient', 'AwsSmithyRpcV2CborProtocol'],
  ['dynamodb', 'dynamodb', 'DynamoDBClient'],
  ['dynamodbstreams', 'dynamodb-streams', 'DynamoDBStreamsClient'],
  ['dynamodbstreams', 'dynamodb-streams', 'DynamoDBStreamsClient', 'AwsSmithyRpcV2CborProtocol'],
  ['dynamodbstreams', 'dynamodb-streams', 'DynamoDBStreamsClient', 'AwsSmithyRpcV2JsonProtocol'],
  ['events', 'eventbridge', 'EventBridgeClient'],
  ['kinesis', 'kinesis', 'KinesisClient'],
  ['lambda', 'lambda', 'LambdaClient'],
  ['s3', 's3', 'S3Client'],
  ['scheduler', 'scheduler', 'SchedulerClient'],
  ['secretsmanager', 'secrets-manager', 'SecretsManagerClient'],
  ['sns', 'sns', 'SNSClient'],
  ['sqs', 'sqs', 'SQSClient'],
  ['sqs', 'sqs', 'SQSClient', 'AwsQueryProtocol'],
  ['ssm', 'ssm', 'SSMClient'],
  ['states', 'sfn', 'SFNClient'],
  ['sts', 'sts', 'STSClient'],
];

export const CLIENTS: readonly ClientPackage[] = PACKAGES.map(([service, name, client, protocol]) => {
  const exports = require(`@aws-sdk/client-${name}`) as Readonly<Record<string, unknown>>;
  return {
    service,
    exports,
    ...(protocol ? { protocol } : {}),
    connectTo: (endpoint, options = {}) =>
      new (exports[client] as Constructor<AnyClient>)({
        endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
        maxAttempts: 1,
        // Their values are made up here, so that SQS's checksums of them cannot agree.
        md5: false,
        disableHostPrefix: true,
        ...(protocol ? { protocol: protocols[protocol] } : {}),
        ...options,
      }),
    command: (operation, input) => new (exports[`${operation}Command`] as Constructor<object>)(input),
  };
});

/** The client of a service that speaks its own protocol. */
export function clientOf(service: ServiceName): ClientPackage {
  const found = CLIENTS.find((client) => client.service === service);
  if (!found) throw new Error(`no client of ${service}`);
  return found;
}
