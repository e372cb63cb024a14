import { invalidParameter } from './errors.ts';

/** How often and when a delivery is tried again. */
export interface RetryPolicy {
  /** Milliseconds before retry `n`, from 1; undefined when there is none. */
  delay(n: number): number | undefined;
}

/** For SQS and Lambda: 100,015 retries over 23 days. */
export const AWS_MANAGED: RetryPolicy = {
  delay(n) {
    if (n <= 3) return 0;
    if (n <= 5) return 1000;
    if (n <= 15) return Math.round(1000 * 20 ** ((n - 5) / 10));
    return n <= 100_015 ? 20_000 : undefined;
  },
};

type Backoff = 'linear' | 'arithmetic' | 'geometric' | 'exponential';

interface HealthyRetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  readonly numRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly numMaxDelayRetries: number;
  readonly backoffFunction: Backoff;
}

const HTTP_DEFAULT: HealthyRetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  numMaxDelayRetries: 0,
  backoffFunction: 'linear',
};

/** For HTTP endpoints that say nothing else: three retries, 20 seconds apart. */
export const HTTP: RetryPolicy = retryPolicy(HTTP_DEFAULT);

/**
 * Reads a delivery policy.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/creating-delivery-policy.html
 */
export function parseDeliveryPolicy(json: string): RetryPolicy {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    throw invalidParameter('DeliveryPolicy: failed to parse JSON.');
  }
  const root = isRecord(document) ? document : {};
  const http = isRecord(root.http) ? root.http : root;
  const given = http.healthyRetryPolicy ?? http.defaultHealthyRetryPolicy;
  if (!isRecord(given)) return HTTP;
  for (const [name, value] of Object.entries(given)) {
    if (!(name in HTTP_DEFAULT)) throw invalidParameter(`DeliveryPolicy: healthyRetryPolicy has no ${name}`);
    if (name !== 'backoffFunction' && value !== null && typeof value !== 'number') {
      throw invalidParameter(`DeliveryPolicy: healthyRetryPolicy.${name} must be numeric`);
    }
  }
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  return retryPolicy({ ...HTTP_DEFAULT, ...set });
}

/** Retries without delay, then at the least delay, then backing off, then at the most delay. */
function retryPolicy(policy: HealthyRetryPolicy): RetryPolicy {
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries, minDelayTarget, maxDelayTarget } = policy;
  const backoffs = Math.max(numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries, 0);
  return {
    delay(n) {
      if (n > numRetries) return undefined;
      if (n <= numNoDelayRetries) return 0;
      const after = n - numNoDelayRetries;
      if (after <= numMinDelayRetries) return minDelayTarget * 1000;
      const step = after - numMinDelayRetries;
      if (step > backoffs) return maxDelayTarget * 1000;
      const share = backoffs <= 1 ? 0 : (step - 1) / (backoffs - 1);
      return Math.round(1000 * (minDelayTarget + (maxDelayTarget - minDelayTarget) * CURVES[policy.backoffFunction](share)));
    },
  };
}

const CURVES: Readonly<Record<Backoff, (share: number) => number>> = {
  linear: (share) => share,
  arithmetic: (share) => share ** 1.5,
  geometric: (share) => share ** 2,
  exponential: (share) => (2 ** (10 * share) - 1) / 1023,
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
