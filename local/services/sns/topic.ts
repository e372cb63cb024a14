import type { Statement } from '../../kernel/policy/index.ts';
import type { Deduplication } from './deduplication.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { Subscription } from './subscription.ts';

/** What a topic answers to a message, also to one it had already. */
export interface Published {
  readonly messageId: string;
  readonly sequenceNumber: string | undefined;
}

/** A topic, standard or FIFO. */
export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly fifo: boolean;
  /** As set; those never set have their defaults. */
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
  /** By subscription ARN. */
  readonly subscriptions: Map<string, Subscription>;
  readonly published: Deduplication<Published>;
  /** The statements of its policy. */
  policy: readonly Statement[];
  /** How deliveries to HTTP endpoints are retried, where the topic says so. */
  retry: RetryPolicy | undefined;
  sequence: number;
  unsubscribed: number;
}
