import type { Kernel } from '../kernel/index.ts';
import { classifyFailure, type DeliveryFailure } from './failure.ts';

export interface RetryPolicy {
  /** Attempts after the first. */
  readonly maximumRetryAttempts: number;
  /** How long after the first attempt the last may be, in seconds. */
  readonly maximumEventAgeInSeconds: number;
}

/** What EventBridge and EventBridge Scheduler do unless told otherwise: 24 hours and 185 retries. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 };

/** A delivery that is over without success. */
export interface Exhausted {
  readonly failure: DeliveryFailure;
  readonly retries: number;
  /** What ended it; undefined when the failure was not worth a retry. */
  readonly condition: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined;
}

export interface Delivery {
  /** Names the delivery in traces: `events → arn:…`. */
  readonly label: string;
  readonly policy: RetryPolicy;
  /** One attempt; rejects with the target's error. */
  attempt(): Promise<unknown>;
  onDelivered?(): void;
  onExhausted(exhausted: Exhausted): void;
}

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 600_000;

/** Milliseconds before retry number `retry` (from 1): doubles from 1 s to 10 minutes, of which up to half is left to chance. */
export function backoff(retry: number, random: number): number {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (retry - 1));
  return Math.round(longest * (0.5 + random / 2));
}

/** Attempts a delivery until it succeeds or its policy gives up; retries wait on the kernel's clock. */
export function deliver(kernel: Kernel, delivery: Delivery): void {
  const deadline = kernel.now() + delivery.policy.maximumEventAgeInSeconds * 1_000;
  const attempt = (retries: number): void => {
    delivery.attempt().then(
      () => delivery.onDelivered?.(),
      (error: unknown) => afterFailure(error, retries),
    );
  };
  const afterFailure = (error: unknown, retries: number): void => {
    let failure: DeliveryFailure;
    try {
      failure = classifyFailure(error);
    } catch (fault) {
      // A task that throws stops the kernel, which reports it.
      kernel.after(0, () => {
        throw fault;
      });
      return;
    }
    if (!failure.retriable) {
      delivery.onExhausted({ failure, retries, condition: undefined });
      return;
    }
    if (retries >= delivery.policy.maximumRetryAttempts) {
      delivery.onExhausted({ failure, retries, condition: 'MaximumRetryAttempts' });
      return;
    }
    const delay = backoff(retries + 1, kernel.random());
    if (kernel.now() + delay > deadline) {
      // The event grows too old while it waits: that is when it is given up.
      kernel.schedule(deadline, () => delivery.onExhausted({ failure, retries, condition: 'MaximumEventAgeInSeconds' }), {
        label: `${delivery.label} (expires)`,
      });
      return;
    }
    kernel.after(delay, () => attempt(retries + 1), { label: `${delivery.label} (retry ${retries + 1})` });
  };
  attempt(0);
}
