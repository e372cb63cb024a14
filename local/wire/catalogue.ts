import type { ServiceName } from '../kernel/index.ts';

export type ProtocolName = 'json' | 'query' | 'rest-json' | 'rest-xml';

/** How one service shows on the wire. */
export interface CatalogueEntry {
  readonly service: ServiceName;
  /** Services in the credential scope of a signature, and the first label of the endpoint's host name. */
  readonly signingNames: readonly string[];
  /** What its requests speak when they do not say. */
  readonly protocol: ProtocolName;
  /** Prefix of `x-amz-target`, and the service's name in RPC v2 paths. */
  readonly target?: string;
  /** `Version` of the query protocol, and the namespace of its answers. */
  readonly query?: { readonly version: string; readonly namespace: string };
  /** Namespace of the XML of a REST service. */
  readonly xmlNamespace?: string;
  /** First segments of the paths of a REST service: tell unsigned requests apart. */
  readonly paths?: RegExp;
  /** Errors carry the code of the query protocol in a header beside their name. */
  readonly queryCompatible?: boolean;
  /** Answers carry a CRC32 of their body. */
  readonly crc32?: boolean;
  /** The SDK client with the schemas; loaded on the first request, because all of them together take 0.3 s. */
  readonly client: string;
}

/** Every service that the wire can speak for. Which of them exist is the kernel's to say. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    service: 'cloudwatch',
    signingNames: ['monitoring'],
    protocol: 'query',
    target: 'GraniteServiceVersion20100801',
    query: { version: '2010-08-01', namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/' },
    queryCompatible: true,
    client: '@aws-sdk/client-cloudwatch',
  },
  {
    service: 'dynamodb',
    signingNames: ['dynamodb'],
    protocol: 'json',
    target: 'DynamoDB_20120810',
    crc32: true,
    client: '@aws-sdk/client-dynamodb',
  },
  {
    service: 'dynamodbstreams',
    signingNames: ['streams.dynamodb'],
    protocol: 'json',
    target: 'DynamoDBStreams_20120810',
    crc32: true,
    client: '@aws-sdk/client-dynamodb-streams',
  },
  {
    service: 'events',
    signingNames: ['events'],
    protocol: 'json',
    target: 'AWSEvents',
    client: '@aws-sdk/client-eventbridge',
  },
  {
    service: 'kinesis',
    signingNames: ['kinesis'],
    protocol: 'json',
    target: 'Kinesis_20131202',
    client: '@aws-sdk/client-kinesis',
  },
  {
    service: 'lambda',
    signingNames: ['lambda'],
    protocol: 'rest-json',
    paths: /^\/(?:2014-11-13|2015-03-31|2017-10-31|2018-10-31|2019-09-25|2019-09-30|2020-06-30|2021-10-31|2021-11-15)\//,
    client: '@aws-sdk/client-lambda',
  },
  {
    service: 's3',
    signingNames: ['s3', 's3express'],
    protocol: 'rest-xml',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    client: '@aws-sdk/client-s3',
  },
  {
    service: 'scheduler',
    signingNames: ['scheduler'],
    protocol: 'rest-json',
    paths: /^\/(?:schedules|schedule-groups)(?:\/|$)/,
    client: '@aws-sdk/client-scheduler',
  },
  {
    service: 'secretsmanager',
    signingNames: ['secretsmanager'],
    protocol: 'json',
    target: 'secretsmanager',
    client: '@aws-sdk/client-secrets-manager',
  },
  {
    service: 'sns',
    signingNames: ['sns'],
    protocol: 'query',
    target: 'AmazonSimpleNotificationService',
    query: { version: '2010-03-31', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
    client: '@aws-sdk/client-sns',
  },
  {
    service: 'sqs',
    signingNames: ['sqs'],
    protocol: 'query',
    target: 'AmazonSQS',
    query: { version: '2012-11-05', namespace: 'http://queue.amazonaws.com/doc/2012-11-05/' },
    queryCompatible: true,
    client: '@aws-sdk/client-sqs',
  },
  {
    service: 'ssm',
    signingNames: ['ssm'],
    protocol: 'json',
    target: 'AmazonSSM',
    client: '@aws-sdk/client-ssm',
  },
  {
    service: 'states',
    signingNames: ['states'],
    protocol: 'json',
    target: 'AWSStepFunctions',
    client: '@aws-sdk/client-sfn',
  },
  {
    service: 'sts',
    signingNames: ['sts'],
    protocol: 'query',
    target: 'AWSSecurityTokenServiceV20110615',
    query: { version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
    client: '@aws-sdk/client-sts',
  },
];
