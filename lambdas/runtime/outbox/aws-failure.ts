/** What is of use in an error of the AWS SDK. Matched by name: bundles hold several copies of the SDK's classes. */
export interface AwsFailure {
  readonly name: string;
  readonly message: string;
  /** Of the kit's own errors. */
  readonly code?: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly Item?: Record<string, unknown>;
  readonly CancellationReasons?: readonly CancellationReason[];
}

export interface CancellationReason {
  readonly Code?: string;
  readonly Message?: string;
  readonly Item?: Record<string, unknown>;
}

export function asFailure(error: unknown): AwsFailure {
  if (error instanceof Error || (typeof error === 'object' && error !== null && 'name' in error && 'message' in error))
    return error as AwsFailure;
  return { name: 'UnknownError', message: String(error) };
}

const THROTTLES = new Set([
  'ThrottlingException',
  'ThrottlingError',
  'Throttling',
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'LimitExceededException',
  'TooManyRequestsException',
]);

export function isThrottle(failure: AwsFailure): boolean {
  return THROTTLES.has(failure.name) || failure.$metadata?.httpStatusCode === 429;
}

/**
 * Never sent: the client itself refused the request, for a value that DynamoDB cannot hold for instance. Whatever has been tried over the
 * network carries metadata, be it only the number of attempts.
 */
export function isUnsent(failure: AwsFailure): boolean {
  return failure.$fault === undefined && failure.$metadata === undefined;
}

/** Refused for good: the service understood, answered with a client's fault, and would do so again. */
export function isRefusal(failure: AwsFailure): boolean {
  return failure.$fault === 'client' && !isThrottle(failure);
}

/**
 * Says nothing about the request: the service throttled it, failed by itself, or could not be reached; or it gave way to others again and
 * again. It may well succeed later, as it is.
 */
export function isOutage(failure: AwsFailure): boolean {
  if (isThrottle(failure) || failure.$fault === 'server' || failure.code === 'MILLRACE_CONTENTION') return true;
  return failure.$fault === undefined && failure.$metadata !== undefined;
}
