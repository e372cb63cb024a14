import type {
  MergeShardsInput,
  SplitShardInput,
  UpdateShardCountInput,
  UpdateShardCountOutput,
  UpdateStreamModeInput,
} from '@aws-sdk/client-kinesis';
import { AwsError } from '../../kernel/index.ts';
import { invalidArgument } from './errors.ts';
import { contains, evenRanges, parseHashKey } from './hash-key.ts';
import { findShard, findStream, type KinesisScope, type Operations } from './scope.ts';
import { closeShard, openShard, openShards, type Shard, type Stream } from './stream.ts';

function findOpen(stream: Stream, id: string | undefined): Shard {
  const shard = findShard(stream, id);
  if (shard.closedAt !== undefined) throw invalidArgument(`Shard ${id} in stream ${stream.name} is not open.`);
  return shard;
}

function splitShard(input: SplitShardInput, scope: KinesisScope): object {
  const stream = findStream(scope, input);
  const shard = findOpen(stream, input.ShardToSplit);
  const cut = parseHashKey(input.NewStartingHashKey ?? '');
  if (cut === undefined || cut <= shard.range.start + 1n || cut > shard.range.end) {
    throw invalidArgument(
      `NewStartingHashKey ${input.NewStartingHashKey} used in SplitShard() on shard ${shard.id} in stream ${stream.name} is not both greater than ` +
        `one plus the shard's StartingHashKey ${shard.range.start} and less than the shard's EndingHashKey ${shard.range.end - 1n}.`,
    );
  }
  const now = scope.kernel.now();
  closeShard(stream, shard, now);
  stream.generation += 1;
  openShard(stream, { start: shard.range.start, end: cut - 1n }, now, { parent: shard.id });
  openShard(stream, { start: cut, end: shard.range.end }, now, { parent: shard.id });
  scope.kernel.signal(stream.arn);
  return {};
}

function mergeShards(input: MergeShardsInput, scope: KinesisScope): object {
  const stream = findStream(scope, input);
  const first = findOpen(stream, input.ShardToMerge);
  const second = findOpen(stream, input.AdjacentShardToMerge);
  const [low, high] = first.range.start < second.range.start ? [first, second] : [second, first];
  if (low.range.end + 1n !== high.range.start) {
    throw invalidArgument(
      `Shards ${first.id} and ${second.id} in stream ${stream.name} are not an adjacent pair of shards eligible for merging.`,
    );
  }
  const now = scope.kernel.now();
  closeShard(stream, first, now);
  closeShard(stream, second, now);
  stream.generation += 1;
  openShard(stream, { start: low.range.start, end: high.range.end }, now, { parent: first.id, adjacentParent: second.id });
  scope.kernel.signal(stream.arn);
  return {};
}

/** Cuts the stream into `TargetShardCount` equal shards in one go, where AWS takes several splits and merges. */
function updateShardCount(input: UpdateShardCountInput, scope: KinesisScope): UpdateShardCountOutput {
  const stream = findStream(scope, input);
  const open = openShards(stream);
  const target = input.TargetShardCount ?? 0;
  if (target < 1) throw invalidArgument('TargetShardCount must be at least 1.');
  if (target > open.length * 2) {
    throw new AwsError(
      'LimitExceededException',
      `UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: ${open.length} Target shard count: ${target}`,
    );
  }
  if (target < Math.ceil(open.length / 2)) {
    throw new AwsError(
      'LimitExceededException',
      `UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: ${open.length} Target shard count: ${target}`,
    );
  }
  if (target !== open.length) recut(stream, open, target, scope.kernel.now());
  scope.kernel.signal(stream.arn);
  return { StreamName: stream.name, StreamARN: stream.arn, CurrentShardCount: open.length, TargetShardCount: target };
}

function recut(stream: Stream, open: readonly Shard[], target: number, now: number): void {
  for (const shard of open) closeShard(stream, shard, now);
  stream.generation += 1;
  for (const range of evenRanges(target)) {
    const parent = open.find((shard) => contains(shard.range, range.start))?.id;
    const last = open.find((shard) => contains(shard.range, range.end))?.id;
    openShard(stream, range, now, { ...(parent ? { parent } : {}), ...(last && last !== parent ? { adjacentParent: last } : {}) });
  }
}

function updateStreamMode(input: UpdateStreamModeInput, scope: KinesisScope): object {
  findStream(scope, input).mode = input.StreamModeDetails?.StreamMode ?? 'PROVISIONED';
  return {};
}

export const reshardingOperations = {
  SplitShard: splitShard,
  MergeShards: mergeShards,
  UpdateShardCount: updateShardCount,
  UpdateStreamMode: updateStreamMode,
} satisfies Operations;
