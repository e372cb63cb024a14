import type { ServiceCall, ServiceName } from '../kernel/index.ts';
import { passedRoles } from './passed-role.ts';
import { type Input, named, objects, one, type Permission, plain, type Rule, texts } from './permission.ts';
import { changeStream, dynamodb } from './services/dynamodb.ts';
import { configuration, lambdaFunction, parameter, queue, rule, schedule, stateMachine, stream } from './services/named-resources.ts';
import { s3 } from './services/s3.ts';

/**
 * The permissions that a call needs, as the Service Authorization Reference has them: batch operations need the permission of the
 * single one, a transaction those of each of its actions, and whoever gives a role to a service needs `iam:PassRole` on it.
 *
 * @param resolve the ARN of a resource that the call names otherwise; undefined when it is not there
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function permissionsOf(call: ServiceCall, resolve: (name: string) => string | undefined = () => undefined): readonly Permission[] {
  const needed = BY_SERVICE[call.service](call.operation, call.input as Input, resolve);
  const passed = passedRoles(call);
  if (passed.length === 0) return needed;
  return [...needed, ...passed.map(({ role, to }) => passRole(role, to))];
}

const passRole = (role: string, to: string): Permission => ({
  action: 'iam:PassRole',
  resource: role,
  request: { operation: 'PassRole', input: { PassedToService: to } },
});

const BATCH_OF: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  PublishBatch: 'Publish',
};

const BY_SERVICE: Readonly<Record<ServiceName, Rule>> = {
  // Who may call a deployed API is judged by the API, as its methods say.
  apigateway: (operation) => (operation === 'HandleRequest' ? [] : one(`apigateway:${operation}`, '*')),
  appconfig: plain('appconfig', configuration),
  cloudwatch: plain('cloudwatch'),
  dynamodb,
  dynamodbstreams: plain('dynamodb', changeStream),
  events: (operation, input) => {
    if (operation !== 'PutEvents') return one(`events:${operation}`, rule(input, operation));
    return objects(input.Entries).map((entry) => ({
      action: 'events:PutEvents',
      resource: named('events', 'event-bus/', entry.EventBusName ?? 'default') ?? '*',
      request: { operation, input: entry },
    }));
  },
  iam: plain('iam'),
  kinesis: plain('kinesis', stream),
  // Who may call a function's URL is judged by its type of authorization.
  lambda: (operation, input) =>
    operation === 'HandleUrlRequest' ? [] : one(`lambda:${operation === 'Invoke' ? 'InvokeFunction' : operation}`, lambdaFunction(input)),
  s3,
  scheduler: plain('scheduler', schedule),
  secretsmanager: (operation, input, resolve) => {
    // Who may read which secret of a batch is judged secret by secret while it runs.
    if (operation === 'BatchGetSecretValue') return one('secretsmanager:BatchGetSecretValue', '*');
    const { SecretId: id } = input;
    return one(`secretsmanager:${operation}`, id === undefined ? '*' : (resolve(String(id)) ?? id));
  },
  sns: (operation, input) =>
    one(`sns:${BATCH_OF[operation] ?? operation}`, input.TopicArn ?? input.TargetArn ?? input.ResourceArn ?? named('sns', '', input.Name)),
  sqs: (operation, input) => one(`sqs:${BATCH_OF[operation] ?? operation}`, queue(input)),
  ssm: (operation, input) => {
    const names = input.Names === undefined ? [input.Name ?? input.Path ?? input.ResourceId] : texts(input.Names);
    return names.flatMap((name) => one(`ssm:${operation}`, parameter(name)));
  },
  states: plain('states', (input) => stateMachine(input) ?? input.executionArn ?? input.activityArn ?? input.resourceArn),
  sts: () => [],
};

/** The services whose actions are judged, as actions begin with them. */
export const JUDGED: readonly string[] = [...Object.keys(BY_SERVICE), 'execute-api'];
