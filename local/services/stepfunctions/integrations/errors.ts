import { AwsError } from '../../../kernel/index.ts';
import type { TaskAnswer } from '../interpreter/flow.ts';

/** How an integration names the errors of its service, as the SDK for Java that AWS calls it with does. */
export interface ErrorNames {
  /** Before the dot: `DynamoDB`, `SQS`, `Lambda`. */
  readonly prefix: string;
  /** The name of errors that the API does not model. */
  readonly base: string;
  /** The service in the cause. */
  readonly service: string;
  /** Which generation of the SDK words the cause. */
  readonly style: 'v1' | 'v2';
}

/** Errors that no API models: they are of the SDK's base class. */
const UNMODELLED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'InternalFailure',
  'InvalidParameterValue',
  'MissingParameter',
  'RequestTimeout',
  'ServiceUnavailable',
  'SerializationException',
  'ThrottlingException',
  'UnknownOperationException',
  'UnknownService',
  'UnrecognizedClientException',
  'ValidationError',
]);

/** The call or its answer got lost on the way: an error of the client, which says nothing of whether the call took effect. */
const CLIENT_SIDE: ReadonlySet<string> = new Set(['ConnectionError', 'NetworkingError', 'SdkClientException', 'TimeoutError']);

/** What a refused call is to the state machine. Anything but an AWS error is a fault of the local cloud, and thrown. */
export function refused(error: unknown, names: ErrorNames, requestId: string): TaskAnswer {
  if (!(error instanceof AwsError)) throw error;
  if (CLIENT_SIDE.has(error.code)) return { kind: 'failed', error: `${names.prefix}.SdkClientException`, cause: error.message };
  const modelled = !UNMODELLED.has(error.code) && !(error.code === 'ValidationException' && names.prefix.toLowerCase() === 'dynamodb');
  const name = modelled ? exceptionName(error.code) : names.base;
  const cause =
    names.style === 'v1'
      ? `${error.message} (Service: ${names.service}; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`
      : `${error.message} (Service: ${names.service}, Status Code: ${error.status}, Request ID: ${requestId})`;
  return { kind: 'failed', error: `${names.prefix}.${name}`, cause };
}

function exceptionName(code: string): string {
  const name = code.slice(code.lastIndexOf('.') + 1);
  return name.endsWith('Exception') ? name : `${name}Exception`;
}
