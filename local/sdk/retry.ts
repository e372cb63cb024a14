import type { AwsError } from '../kernel/index.ts';

/** Attempts of the SDK's standard mode, the first included. */
export const DEFAULT_MAX_ATTEMPTS = 3;

const THROTTLING_CODES = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const TRANSIENT_CODES = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);
const TRANSIENT_STATUSES = new Set([500, 502, 503, 504]);

const isThrottling = (error: AwsError): boolean => error.status === 429 || THROTTLING_CODES.has(error.code);

/** Whether the SDK's standard retry mode tries again after this error. */
export function isRetryable(error: AwsError): boolean {
  return isThrottling(error) || TRANSIENT_CODES.has(error.code) || TRANSIENT_STATUSES.has(error.status);
}

/**
 * Full-jitter backoff of the standard mode, in milliseconds.
 *
 * @param attempt how many attempts have failed, from 1
 */
export function backoff(error: AwsError, attempt: number, random: number): number {
  const base = isThrottling(error) ? 500 : 100;
  return Math.floor(Math.min(20_000, random * 2 ** attempt * base));
}
