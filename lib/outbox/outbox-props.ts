import { Duration } from 'aws-cdk-lib';
import type { EventBus } from '../event-bus/index.ts';
import type { AlarmProps, AnyBucket, AnyEventBus, AnyTable, EncryptionProps } from '../shared/index.ts';

export interface OutboxProps extends AlarmProps, EncryptionProps {
  /** Where events go. */
  readonly bus: EventBus | AnyEventBus;
  /**
   * A table that is there already. Its key must be one string (no sort key), and its stream must carry new images.
   * @default a table of its own: on demand, encrypted, point-in-time recovery, protected by stage
   */
  readonly table?: AnyTable;
  /** Name of the partition key of an existing table. @default 'pk' */
  readonly partitionKey?: string;
  /**
   * Index of an imported table over `pendingShard` (string) and `pendingSince` (number), projecting keys only.
   * @default made by this construct, as 'pending'
   */
  readonly pendingIndex?: string;
  /**
   * In how many shards the index of pending events is split: each takes about 500 commits a second. May be raised later, not lowered.
   * @default 8
   */
  readonly shards?: number;
  /** From which age pending events are the sweeper's. @default 1 minute */
  readonly overdueAfter?: Duration;
  /** How often the sweeper looks, in whole minutes. It measures then, too: alarms come that much later. @default 1 minute */
  readonly sweepEvery?: Duration;
  /** The relay's stream. @default batches of 100 records, one at a time per shard, given up after 5 retries (the sweeper goes on) */
  readonly relay?: RelayProps;
  /** Where stream records go that the relay gave up, payload and all. @default the stack's bucket for failures */
  readonly failureBucket?: AnyBucket;
}

export interface RelayProps {
  /** Records per invocation, at most. @default 100 */
  readonly batchSize?: number;
  /** How long a batch may fill. @default not at all */
  readonly maxBatchingWindow?: Duration;
  /** Batches of one shard at once; the records of one aggregate stay in order. 1 to 10. @default 1 */
  readonly parallelizationFactor?: number;
  /** @default 5 */
  readonly retryAttempts?: number;
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** In MB. @default 512 */
  readonly memorySize?: number;
}

/** From which age pending events are the sweeper's, in seconds. */
export function overdueSeconds(props: Pick<OutboxProps, 'overdueAfter'>): number {
  return (props.overdueAfter ?? Duration.minutes(1)).toSeconds();
}

/** How often the sweeper looks, and so how often it measures. */
export function sweepPeriod(props: Pick<OutboxProps, 'sweepEvery'>): Duration {
  return props.sweepEvery ?? Duration.minutes(1);
}

/** Age in seconds from which an event waits too long: nobody has taken it in two runs of the sweeper whose it is. */
export function lateSeconds(props: Pick<OutboxProps, 'overdueAfter' | 'sweepEvery'>): number {
  return Math.max(180, overdueSeconds(props) + 2 * sweepPeriod(props).toSeconds());
}
