import { ACCOUNT, REGION } from '../kernel/index.ts';
import { type ConditionKeys, many, matchesWildcard, type Statement } from '../kernel/policy/index.ts';
import { type Input, objects } from './permission.ts';
import { JUDGED } from './permissions.ts';

/**
 * The condition keys that identity policies may use in the local cloud. A policy that uses another one is an error when it is loaded, since
 * either answer could be wrong.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */

/** When a request is made. */
export function timeKeys(now: number): ConditionKeys {
  return { 'aws:CurrentTime': new Date(now).toISOString(), 'aws:EpochTime': String(Math.floor(now / 1000)) };
}

/** What else is known of every request that a role makes. */
export function globalKeys(principal: string, resource: string): ConditionKeys {
  return {
    'aws:PrincipalAccount': principal.split(':')[4] ?? ACCOUNT,
    'aws:PrincipalArn': principal,
    'aws:PrincipalIsAWSService': 'false',
    'aws:PrincipalType': 'AssumedRole',
    'aws:RequestedRegion': REGION,
    'aws:ResourceAccount': resource.split(':')[4] || ACCOUNT,
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
  };
}

/** Keys that AWS leaves out of the requests of a role that a service assumed. */
const ABSENT = [
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:FederatedProvider',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:username',
];

/** Keys that a request tells by itself, by the service whose actions they are of. */
const OF_REQUEST: Readonly<Record<string, Readonly<Record<string, (input: Input) => unknown>>>> = {
  cloudwatch: { 'cloudwatch:namespace': (input) => input.Namespace },
  dynamodb: {
    'dynamodb:EnclosingOperation': (input) => input.EnclosingOperation,
    'dynamodb:ReturnConsumedCapacity': (input) => input.ReturnConsumedCapacity,
    'dynamodb:ReturnValues': (input) => input.ReturnValues,
    'dynamodb:Select': (input) => input.Select,
  },
  events: {
    'events:TargetArn': (input) => input.Targets && objects(input.Targets).map(({ Arn }) => String(Arn)),
    'events:detail-type': (input) => input.DetailType,
    'events:source': (input) => input.Source,
  },
  iam: { 'iam:PassedToService': (input) => input.PassedToService },
  lambda: {
    'lambda:FunctionUrlAuthType': (input) => input.FunctionUrlAuthType ?? input.AuthType,
    'lambda:InvokedViaFunctionUrl': (input) => input.InvokedViaFunctionUrl,
    'lambda:Principal': (input) => input.Principal,
  },
  s3: {
    's3:VersionId': (input) => input.VersionId,
    's3:delimiter': (input) => input.Delimiter,
    's3:max-keys': (input) => input.MaxKeys,
    's3:prefix': (input) => input.Prefix,
    's3:x-amz-acl': (input) => input.ACL,
    's3:x-amz-server-side-encryption': (input) => input.ServerSideEncryption,
    's3:x-amz-server-side-encryption-aws-kms-key-id': (input) => input.SSEKMSKeyId,
    's3:x-amz-storage-class': (input) => input.StorageClass,
  },
  secretsmanager: {
    'secretsmanager:VersionId': (input) => input.VersionId,
    'secretsmanager:VersionStage': (input) => input.VersionStage,
  },
  sns: { 'sns:Endpoint': (input) => input.Endpoint, 'sns:Protocol': (input) => input.Protocol },
  ssm: { 'ssm:Overwrite': (input) => input.Overwrite, 'ssm:Recursive': (input) => input.Recursive },
  states: { 'states:StateMachineQualifier': (input) => String(input.stateMachineArn ?? '').split(':')[7] },
};

/** Keys that the service itself must tell. */
const OF_SERVICE = ['dynamodb:LeadingKeys'];

/** The keys of an action's service that a request carries. */
export function requestKeys(action: string, input: Input): ConditionKeys {
  const readers = OF_REQUEST[action.slice(0, action.indexOf(':'))] ?? {};
  const carried = Object.entries(readers).map(([key, read]) => [key, read(input)] as const);
  return Object.fromEntries(carried.filter(([, value]) => value !== undefined).map(([key, value]) => [key, asText(value)]));
}

const asText = (value: unknown): string | readonly string[] => (Array.isArray(value) ? value : String(value));

/** Keys whose values do not differ between two requests of a role for one action on one resource. */
const STEADY = new Set([...Object.keys(globalKeys('', '')), ...ABSENT].map(lower));

const CHANGING = [...Object.keys(timeKeys(0)), ...Object.values(OF_REQUEST).flatMap(Object.keys), ...OF_SERVICE];

const KNOWN = new Set([...STEADY, ...CHANGING.map(lower)]);

/** Condition keys and policy variables that statements use, in lower case. */
function keysOf(statements: readonly Statement[]): string[] {
  return statements.flatMap(({ Condition: condition = {} }) =>
    Object.values(condition).flatMap((byKey) =>
      Object.entries(byKey).flatMap(([key, values]) => [lower(key), ...many(values).flatMap((value) => variables(String(value)))]),
    ),
  );
}

function variables(text: string): string[] {
  return [...text.matchAll(/\$\{([^}*?$]+)\}/g)].map(([, name = '']) => lower(name));
}

function lower(text: string): string {
  return text.toLowerCase();
}

/** Whether a role's statements ask for what differs from request to request. */
export function dependOnRequest(statements: readonly Statement[]): boolean {
  return keysOf(statements).some((key) => !STEADY.has(key));
}

/** The first condition key that statements about the local cloud's services use and that cannot be filled here. */
export function unfillableKey(statements: readonly Statement[]): string | undefined {
  const judged = statements.filter(({ Action: actions, NotAction: others }) =>
    others === undefined ? many(actions).some(isJudged) : true,
  );
  return keysOf(judged).find((key) => !KNOWN.has(key));
}

function isJudged(action: string): boolean {
  const pattern = lower(action.split(':')[0] ?? '');
  return JUDGED.some((service) => matchesWildcard(pattern, service));
}
