import type { CallContext, Kernel } from '../../kernel/index.ts';
import { shardNotFound, streamNotFound, validationError } from './errors.ts';
import type { Shard, Stream } from './stream.ts';

/** What operations work on. */
export interface KinesisScope {
  readonly kernel: Kernel;
  readonly streams: Map<string, Stream>;
  /** Whether shards refuse what exceeds their throughput. */
  readonly throttle: boolean;
}

/** Operations by their AWS names. */
export type Operations = Readonly<Record<string, (input: never, scope: KinesisScope, context: CallContext) => object>>;

interface StreamReference {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

/** The stream that a request names. @throws AwsError ResourceNotFoundException */
export function findStream({ streams }: KinesisScope, input: StreamReference): Stream {
  const name = input.StreamName ?? input.StreamARN?.split('/')[1];
  if (name === undefined) throw validationError('Either StreamName or StreamARN must be provided.');
  const stream = streams.get(name);
  if (!stream) throw streamNotFound(name);
  return stream;
}

/** @throws AwsError ResourceNotFoundException */
export function findShard(stream: Stream, shardId: string | undefined): Shard {
  const shard = stream.shards.get(shardId ?? '');
  if (!shard) throw shardNotFound(shardId ?? '', stream.name);
  return shard;
}
