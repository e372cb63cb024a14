import { Duration } from 'aws-cdk-lib';
import type { RetryPlan } from './plan.ts';

/** How often and how patiently a step is tried again. What is left out comes from the kind of the step. */
export interface SagaRetry {
  /** Tries after the first one. @default compensatable 3; pivot 6; retriable, compensation and onCompensated 10 */
  readonly retries?: number;
  /** Before the second try; with full jitter. @default 1 second */
  readonly interval?: Duration;
  /** What each wait is multiplied with. @default 2 */
  readonly backoffRate?: number;
  /** @default 5 minutes */
  readonly maxDelay?: Duration;
  /**
   * Whether a try that ran out of time is repeated: it may have taken effect, so repeating it is safe only because steps are idempotent.
   * @default compensatable steps: false (the saga turns back, and takes back this step too); all others: true
   */
  readonly timeouts?: boolean;
}

const RETRIES = { compensatable: 3, pivot: 6, retriable: 10, compensation: 10 } as const;

/** The retry policy of a task, with everything filled in. */
export function retryPlan(kind: keyof typeof RETRIES, retry: SagaRetry = {}): RetryPlan {
  return {
    retries: retry.retries ?? RETRIES[kind],
    intervalSeconds: (retry.interval ?? Duration.seconds(1)).toSeconds(),
    backoffRate: retry.backoffRate ?? 2,
    maxDelaySeconds: (retry.maxDelay ?? Duration.minutes(5)).toSeconds(),
    timeouts: retry.timeouts ?? kind !== 'compensatable',
  };
}
