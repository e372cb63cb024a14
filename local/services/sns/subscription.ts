import type { Filter, FilterScope } from './filter/filter-policy.ts';
import type { RetryPolicy } from './retry-policy.ts';

export const PROTOCOLS = ['sqs', 'lambda', 'http', 'https', 'email', 'email-json', 'sms', 'firehose', 'application'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** Where a topic's messages go, and which of them. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** ARN of who subscribed. */
  readonly principal: string;
  /** As set. */
  attributes: Readonly<Record<string, string>>;
  settings: SubscriptionSettings;
}

/** What a subscription's attributes mean. */
export interface SubscriptionSettings {
  readonly raw: boolean;
  readonly filter: Filter | undefined;
  readonly filterScope: FilterScope;
  /** ARN of the dead-letter queue. */
  readonly deadLetterArn: string | undefined;
  /** How HTTP deliveries are retried, where the subscription says so itself. */
  readonly retry: RetryPolicy | undefined;
}
