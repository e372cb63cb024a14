import { arn, type ServiceCall, type ServiceName } from '../kernel/index.ts';

/** One permission that a call needs. */
export interface Permission {
  /** `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` where the action has no resource or the call does not name it. */
  readonly resource: string;
}

type Input = Readonly<Record<string, unknown>>;

/**
 * The permissions that a call needs, as the Service Authorization Reference has them: batch operations need the permission of the
 * single one, a transaction those of each of its actions.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function permissionsOf(call: ServiceCall): readonly Permission[] {
  return BY_SERVICE[call.service](call.operation, call.input as Input);
}

/** A token of AppConfig says what it was given for: `application/environment/profile|id`. */
function configurationArn(input: Input): unknown {
  const named = [input.ApplicationIdentifier, input.EnvironmentIdentifier, input.ConfigurationProfileIdentifier];
  const [application, environment, profile] =
    typeof input.ConfigurationToken === 'string' ? (input.ConfigurationToken.split('|')[0]?.split('/') ?? []) : named;
  return arn('appconfig', `application/${application}/environment/${environment}/configuration/${profile}`);
}

type Rule = (operation: string, input: Input) => readonly Permission[];

const one = (action: string, resource: unknown): readonly Permission[] => [
  { action, resource: typeof resource === 'string' && resource !== '' ? resource : '*' },
];
const plain =
  (prefix: string, resource: (input: Input) => unknown = () => '*'): Rule =>
  (operation, input) =>
    one(`${prefix}:${operation}`, resource(input));

const BATCH_OF: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  PublishBatch: 'Publish',
};

const BY_SERVICE: Readonly<Record<ServiceName, Rule>> = {
  apigateway: plain('apigateway'),
  appconfig: plain('appconfig', (input) => configurationArn(input)),
  cloudwatch: plain('cloudwatch'),
  dynamodb: dynamodb,
  dynamodbstreams: plain('dynamodb', (input) => input.StreamArn ?? streamOfIterator(input.ShardIterator)),
  events: (operation, input) => {
    if (operation !== 'PutEvents') return one(`events:${operation}`, '*');
    const buses = new Set(objects(input.Entries).map((entry) => named('events', 'event-bus/', entry.EventBusName ?? 'default')));
    return [...buses].map((resource) => ({ action: 'events:PutEvents', resource }));
  },
  iam: plain('iam'),
  kinesis: plain(
    'kinesis',
    (input) => input.StreamARN ?? (input.StreamName === undefined ? '*' : named('kinesis', 'stream/', input.StreamName)),
  ),
  lambda: (operation, input) =>
    one(`lambda:${operation === 'Invoke' ? 'InvokeFunction' : operation}`, input.FunctionName && functionArn(String(input.FunctionName))),
  s3,
  scheduler: plain('scheduler'),
  secretsmanager: plain('secretsmanager', (input) => input.SecretId),
  sns: (operation, input) => one(`sns:${BATCH_OF[operation] ?? operation}`, input.TopicArn ?? input.TargetArn),
  sqs: (operation, input) =>
    one(`sqs:${BATCH_OF[operation] ?? operation}`, input.QueueUrl && arn('sqs', String(input.QueueUrl).split('/').at(-1) ?? '')),
  ssm: plain('ssm', (input) => input.Name && arn('ssm', `parameter/${String(input.Name).replace(/^\//, '')}`)),
  states: plain('states', (input) => input.stateMachineArn ?? input.executionArn ?? '*'),
  sts: () => [],
};

const TRANSACTION_ACTIONS: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Get: 'dynamodb:GetItem',
};

function dynamodb(operation: string, input: Input): readonly Permission[] {
  const table = (name: unknown): string => named('dynamodb', 'table/', name);
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    return Object.keys((input.RequestItems ?? {}) as object).map((name) => ({ action: `dynamodb:${operation}`, resource: table(name) }));
  }
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems') {
    return objects(input.TransactItems).flatMap((item) =>
      Object.entries(item).map(([kind, action]) => ({
        action: TRANSACTION_ACTIONS[kind] ?? `dynamodb:${kind}`,
        resource: table((action as Input).TableName),
      })),
    );
  }
  if (input.TableName === undefined) return one(`dynamodb:${operation}`, '*');
  const resource = table(input.TableName);
  return one(`dynamodb:${operation}`, input.IndexName === undefined ? resource : `${resource}/index/${String(input.IndexName)}`);
}

const S3_ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  DeleteObjects: 'DeleteObject',
  CopyObject: 'PutObject',
};

function s3(operation: string, input: Input): readonly Permission[] {
  const bucket = `arn:aws:s3:::${String(input.Bucket ?? '*')}`;
  return one(`s3:${S3_ACTIONS[operation] ?? operation}`, input.Key === undefined ? bucket : `${bucket}/${String(input.Key)}`);
}

function named(service: string, prefix: string, nameOrArn: unknown): string {
  const text = String(nameOrArn);
  return text.startsWith('arn:') ? text : arn(service, prefix + text);
}

function functionArn(name: string): string {
  if (name.startsWith('arn:')) return name;
  return arn('lambda', `function:${name}`);
}

/** A shard iterator is opaque to callers; ours starts with the stream it reads, so that access can be decided. */
function streamOfIterator(iterator: unknown): string {
  return /^(arn:aws:dynamodb:[^|]+)\|/.exec(String(iterator ?? ''))?.[1] ?? '*';
}

function objects(value: unknown): readonly Input[] {
  return Array.isArray(value) ? (value as readonly Input[]) : [];
}
