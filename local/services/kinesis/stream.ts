import type { MetricsName, Shard as ShardDescription } from '@aws-sdk/client-kinesis';
import type { Statement } from '../../kernel/policy/index.ts';
import { contains, type HashKeyRange, hashKey } from './hash-key.ts';
import { ReadBudget } from './read-budget.ts';
import { RecordLog } from './record-log.ts';
import { type SequenceSpace, sequenceNumber } from './sequence-number.ts';
import { WriteBudget } from './write-budget.ts';

export interface Shard {
  readonly id: string;
  readonly range: HashKeyRange;
  readonly parent: string | undefined;
  readonly adjacentParent: string | undefined;
  readonly space: SequenceSpace;
  readonly openedAt: number;
  readonly log: RecordLog;
  readonly writes: WriteBudget;
  readonly reads: ReadBudget;
  /** When it was split or merged away; undefined while it takes records. */
  closedAt: number | undefined;
}

export interface StreamConsumer {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  readonly tags: Map<string, string>;
}

export interface Stream {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  mode: 'PROVISIONED' | 'ON_DEMAND';
  retentionHours: number;
  maxRecordKiB: number;
  encryptionKey: string | undefined;
  metrics: MetricsName[];
  /** The policy document as it was given. @default none */
  policy: string | undefined;
  statements: readonly Statement[];
  readonly tags: Map<string, string>;
  readonly consumers: Map<string, StreamConsumer>;
  /** Every shard, closed ones included until their records have expired, by id, in the order they came to be. */
  readonly shards: Map<string, Shard>;
  /** How many shards there ever were. */
  shardCount: number;
  /** How often the stream was cut. */
  generation: number;
  /** Shards by partition key, as far as they were looked up; emptied when the stream is cut anew. */
  readonly routes: Map<string, Shard>;
}

const ROUTES_KEPT = 10_000;

export function openShards(stream: Stream): Shard[] {
  return [...stream.shards.values()].filter((shard) => shard.closedAt === undefined);
}

/** The open shard that takes a hash key. */
export function shardForHash(stream: Stream, key: bigint): Shard {
  for (const shard of stream.shards.values()) if (shard.closedAt === undefined && contains(shard.range, key)) return shard;
  throw new Error(`Stream ${stream.name} has no open shard for hash key ${key}: its open shards must cover the whole space.`);
}

/** The open shard that takes a partition key. */
export function shardForKey(stream: Stream, partitionKey: string): Shard {
  const known = stream.routes.get(partitionKey);
  if (known) return known;
  const shard = shardForHash(stream, hashKey(partitionKey));
  if (stream.routes.size >= ROUTES_KEPT) stream.routes.clear();
  stream.routes.set(partitionKey, shard);
  return shard;
}

export interface Parents {
  readonly parent?: string;
  readonly adjacentParent?: string;
}

/** Opens a shard of the stream's current generation. */
export function openShard(stream: Stream, range: HashKeyRange, now: number, { parent, adjacentParent }: Parents = {}): Shard {
  const index = stream.shardCount;
  stream.shardCount += 1;
  const createdAtSeconds = Math.floor(stream.createdAt.getTime() / 1_000);
  const shard: Shard = {
    id: `shardId-${String(index).padStart(12, '0')}`,
    range,
    parent,
    adjacentParent,
    space: { createdAtSeconds, generation: stream.generation, shardIndex: index },
    openedAt: now,
    log: new RecordLog(),
    writes: new WriteBudget(),
    reads: new ReadBudget(),
    closedAt: undefined,
  };
  stream.shards.set(shard.id, shard);
  return shard;
}

export function closeShard(stream: Stream, shard: Shard, now: number): void {
  shard.closedAt = now;
  stream.routes.clear();
}

/** Drops records past the retention period, and closed shards that have none left. */
export function expire(stream: Stream, now: number): void {
  const before = now - stream.retentionHours * 3_600_000;
  for (const shard of stream.shards.values()) {
    shard.log.expire(before);
    if (shard.closedAt !== undefined && shard.closedAt < before) stream.shards.delete(shard.id);
  }
}

export function describeShard(shard: Shard): ShardDescription {
  const { range, space, log } = shard;
  return {
    ShardId: shard.id,
    ...(shard.parent === undefined ? {} : { ParentShardId: shard.parent }),
    ...(shard.adjacentParent === undefined ? {} : { AdjacentParentShardId: shard.adjacentParent }),
    HashKeyRange: { StartingHashKey: String(range.start), EndingHashKey: String(range.end) },
    SequenceNumberRange: {
      StartingSequenceNumber: sequenceNumber(space, 0),
      ...(shard.closedAt === undefined ? {} : { EndingSequenceNumber: sequenceNumber(space, log.next) }),
    },
  };
}
