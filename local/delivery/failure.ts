import { AwsError } from '../kernel/index.ts';

/** Why a delivery failed, with the codes that EventBridge writes on dead letters. */
export interface DeliveryFailure {
  /** Such as `NO_PERMISSIONS`, `NO_RESOURCE`, `THROTTLING`, `INVALID_PARAMETER`, `ERROR_FROM_TARGET`. */
  readonly code: string;
  /** The target's own error code, where it gave one. */
  readonly targetCode: string;
  readonly message: string;
  /** Whether another attempt may succeed. */
  readonly retriable: boolean;
}

const NO_PERMISSIONS = /AccessDenied|AuthorizationError|NotAuthorized|Forbidden|KMSAccessDenied|InvalidSecurity/i;
const NO_RESOURCE = /NotFound|NonExistent|DoesNotExist|NoSuch/i;
const THROTTLING = /Throttl|TooManyRequests|ThroughputExceeded|LimitExceeded|OverLimit|SlowDown|RequestRateExceeded/i;
const INVALID = /Validation|Invalid|MissingParameter|Malformed|UnsupportedOperation|Serialization/i;

/** What the local cloud says where AWS would have a service or an operation. */
const LOCAL = /^(UnknownService|UnknownOperationException)$/;

/**
 * Sorts a target's error: missing permissions, missing resources and invalid requests will fail again, throttling and
 * faults of the service may pass.
 *
 * @throws the error itself when it is a fault or a gap of the local cloud, which must not end in a dead-letter queue
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function classifyFailure(error: unknown): DeliveryFailure {
  if (!(error instanceof AwsError) || LOCAL.test(error.code)) throw error;
  const known = { targetCode: error.queryCode, message: error.message };
  const { code } = error;
  if (THROTTLING.test(code) || error.status === 429) return { ...known, code: 'THROTTLING', retriable: true };
  if (NO_PERMISSIONS.test(code)) return { ...known, code: 'NO_PERMISSIONS', retriable: false };
  if (NO_RESOURCE.test(code)) return { ...known, code: 'NO_RESOURCE', retriable: false };
  if (error.fault === 'server' || error.status >= 500) return { ...known, code: 'ERROR_FROM_TARGET', retriable: true };
  if (/AlreadyExists/.test(code)) return { ...known, code: 'RESOURCE_ALREADY_EXISTS', retriable: false };
  if (INVALID.test(code)) return { ...known, code: 'INVALID_PARAMETER', retriable: false };
  return { ...known, code: 'ERROR_FROM_TARGET', retriable: false };
}
