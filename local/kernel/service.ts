import type { ConditionKeys } from './policy/conditions.ts';
import type { Decision } from './policy/evaluate.ts';
import type { Statement } from './policy/statement.ts';

/** The services of the local cloud, by the names that the kernel, the loader and the wire use. */
export type ServiceName =
  | 'apigateway'
  | 'appconfig'
  | 'cloudwatch'
  | 'dynamodb'
  | 'dynamodbstreams'
  | 'events'
  | 'iam'
  | 'kinesis'
  | 'lambda'
  | 's3'
  | 'scheduler'
  | 'secretsmanager'
  | 'sns'
  | 'sqs'
  | 'ssm'
  | 'states'
  | 'sts';

/** Who calls: decides what is allowed, and shows in traces. */
export interface CallContext {
  /**
   * ARN of the role that calls (a function's, a rule's, a state machine's), a service principal such as
   * `sns.amazonaws.com`, or {@link ROOT} for the user at the keyboard.
   */
  readonly principal: string;
  /** ARN of the resource on whose behalf a service calls (`aws:SourceArn`). @default none */
  readonly sourceArn?: string;
  readonly requestId: string;
}

/** One call of one AWS operation. Inputs and outputs are the AWS SDK's own types. */
export interface ServiceCall {
  readonly service: ServiceName;
  /** The operation as the AWS API names it: `PutItem`, `SendMessageBatch`. */
  readonly operation: string;
  readonly input: object;
  readonly principal?: string;
  readonly sourceArn?: string;
}

/**
 * A service of the local cloud: synchronous operations on plain state.
 *
 * An operation returns its output, or throws an {@link AwsError}. Only an operation that waits by its nature (a long poll,
 * a synchronous invocation) returns a promise, resolved by a task that it scheduled.
 */
export interface Service {
  readonly name: ServiceName;
  /** @throws AwsError `UnknownOperationException` for an operation the service does not have */
  invoke(operation: string, input: object, context: CallContext): object | Promise<object>;
  /** What is still on its way (messages waiting or in flight, running executions), for reports and for tests. */
  pending?(): readonly PendingWork[];
  /** The statements of the policy that a resource has; none for one without a policy, or that is not there. */
  policyOf?(arn: string): readonly Statement[];
  /** The ARN of a resource that callers may name otherwise, such as a secret by its name; undefined when it is not there. */
  arnOf?(name: string): string | undefined;
  /** The service's own condition keys for a request that does not tell them by itself (`dynamodb:LeadingKeys`). */
  conditionKeys?(operation: string, input: object): ConditionKeys;
}

/** Work that a service has accepted and not finished. */
export interface PendingWork {
  readonly resource: string;
  readonly what: string;
  readonly count: number;
}

/** A permission that a service finds a call to need only while it answers: that of one entry of a batch, say. */
export interface PermissionQuestion {
  readonly service: ServiceName;
  readonly principal: string;
  /** `s3:DeleteObject`. */
  readonly action: string;
  /** ARN of what is acted on. */
  readonly resource: string;
  /** What condition keys are read from. @default nothing more is known of the request */
  readonly request?: { readonly operation: string; readonly input: Readonly<Record<string, unknown>> };
  /** What the policy of the resource says, where the service has judged it by what only it knows. @default `policyOf` is asked */
  readonly byResource?: Decision;
}

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
/** The user at the keyboard: may do everything. */
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

/** An ARN of the local account: `arn('sqs', 'jobs')`. */
export function arn(service: string, resource: string, region: string = REGION, account: string = ACCOUNT): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}
