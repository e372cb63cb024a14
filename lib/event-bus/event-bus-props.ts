import type { Duration } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { AlarmProps, AnyEventBus, EncryptionProps } from '../shared/index.ts';

export interface EventBusProps extends AlarmProps, EncryptionProps {
  /** A bus that is there already; it is neither archived nor encrypted anew. @default a bus of its own */
  readonly eventBus?: AnyEventBus;
  /** @default the stack's name and the construct's path in it, so that two copies of a stack do not collide */
  readonly busName?: string;
  /** How long every event is kept for replay; `false` keeps none. @default 30 days */
  readonly archive?: Duration | false;
  /** Writes every event to a log group (an account has 10 log resource policies a region; this takes one). @default none */
  readonly logEverything?: { readonly retention?: RetentionDays } | boolean;
}

export interface RouteOptions {
  /** Id of the rule. @default the event types and the target */
  readonly id?: string;
  /** Content of `data` that an event must have, in EventBridge's pattern language: `{ seats: [{ numeric: ['>', 4] }] }`. @default any */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** @default 185, the most */
  readonly retryAttempts?: number;
  /** How long delivery is tried. @default 24 hours, the most */
  readonly maxEventAge?: Duration;
}
