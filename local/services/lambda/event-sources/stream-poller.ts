import { AwsError, type PendingWork } from '../../../kernel/index.ts';
import { type RecordFilter, recordFilter } from './filter.ts';
import { invalid } from './settings.ts';
import { ShardReader } from './shard-reader.ts';
import { callSource, type Mapping, note, type Poller, type PollerHost } from './source.ts';
import { type ShardDescription, type ShardPosition, type StreamClient, streamArnOf, streamClient } from './stream-client.ts';

interface KnownShard {
  readonly parents: readonly string[];
  /** Where reading goes on when it was stopped. */
  position: ShardPosition;
  reader: ShardReader | undefined;
  done: boolean;
}

/** Reads every shard of a stream: each in order, children after their parents. */
export class StreamPoller implements Poller {
  readonly #host: PollerHost;
  readonly #mapping: Mapping;
  readonly #client: StreamClient;
  #filter: RecordFilter | undefined;
  readonly #shards = new Map<string, KnownShard>();
  #unsubscribe: (() => void) | undefined;
  #retentionMs: number;

  /**
   * Opens the stream at the mapping's starting position.
   *
   * @throws AwsError `InvalidParameterValueException` when it is not there or can't be read
   */
  constructor(host: PollerHost, mapping: Mapping) {
    this.#host = host;
    this.#mapping = mapping;
    this.#client = streamClient(mapping);
    this.#filter = recordFilter(mapping.settings.filters);
    this.#retentionMs = this.#retention();
    this.#open();
  }

  start(): void {
    if (this.#unsubscribe) return;
    this.#unsubscribe = this.#host.kernel.onSignal(streamArnOf(this.#mapping.sourceArn), () => {
      for (const shard of this.#shards.values()) shard.reader?.wake();
    });
    this.#retentionMs = this.#retention();
    this.#filter = recordFilter(this.#mapping.settings.filters);
    this.#startReaders();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    for (const shard of this.#shards.values()) {
      if (!shard.reader) continue;
      shard.reader.stop();
      shard.position = shard.reader.position;
      shard.reader = undefined;
    }
  }

  pending(): readonly PendingWork[] {
    return [...this.#shards.values()].flatMap((shard) => shard.reader?.pending() ?? []);
  }

  /** Learns the shards, and where to begin in each. */
  #open(): void {
    try {
      let after: string | undefined;
      do {
        const { shards, next } = this.#client.shardsFrom(this.#host.kernel.invoke(this.#client.shards(after)));
        for (const shard of shards) this.#learn(shard, this.#startOf(shard.id));
        after = next;
      } while (after !== undefined);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw invalid(`Cannot access stream ${this.#mapping.sourceArn}: ${error.message}`);
    }
  }

  #startOf(shardId: string): ShardPosition {
    const { startingPosition, startingTime } = this.#mapping.settings;
    if (startingPosition === 'TRIM_HORIZON') return { at: 'TRIM_HORIZON' };
    const now = this.#host.kernel.now();
    return startingPosition === 'AT_TIMESTAMP' ? { at: 'AT_TIMESTAMP', time: startingTime ?? now } : this.#endOf(shardId, now);
  }

  /**
   * `LATEST` is the end of the shard now. It has to outlast the iterator for it, so it is told by the last record, where
   * there is one.
   */
  #endOf(shardId: string, now: number): ShardPosition {
    const { kernel } = this.#host;
    const isKinesis = this.#mapping.settings.kind === 'kinesis';
    let position: ShardPosition = isKinesis ? { at: 'AT_TIMESTAMP', time: now } : { at: 'TRIM_HORIZON' };
    let iterator: string | undefined = (kernel.invoke(this.#client.iterator(shardId, position)) as { ShardIterator: string }).ShardIterator;
    while (iterator !== undefined) {
      const limit = this.#client.mostRecords;
      const result = this.#client.readFrom(kernel.invoke(this.#client.read(iterator, limit)), shardId, limit, '', undefined);
      if (result.last !== undefined) position = { at: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: result.last };
      iterator = result.caughtUp ? undefined : result.next;
    }
    return position;
  }

  #learn({ id, parents }: ShardDescription, position: ShardPosition): void {
    if (!this.#shards.has(id)) this.#shards.set(id, { parents, position, reader: undefined, done: false });
  }

  #retention(): number {
    const call = this.#client.retention();
    return this.#client.retentionFrom(call ? this.#host.kernel.invoke(call) : {});
  }

  #startReaders(): void {
    for (const [shardId, shard] of this.#shards) {
      if (shard.done || shard.reader || !this.#parentsDone(shard)) continue;
      const reader = new ShardReader(this.#host, {
        mapping: this.#mapping,
        client: this.#client,
        filter: this.#filter,
        shardId,
        position: shard.position,
        retentionMs: this.#retentionMs,
        onEnd: () => this.#ended(shard),
      });
      shard.reader = reader;
      reader.wake();
    }
  }

  /** Parents that the stream does not know any more have nothing left to read. */
  #parentsDone(shard: KnownShard): boolean {
    return shard.parents.every((parent) => this.#shards.get(parent)?.done ?? true);
  }

  #ended(shard: KnownShard): void {
    shard.done = true;
    shard.reader = undefined;
    this.#rediscover().then(
      () => this.#startReaders(),
      (error: unknown) =>
        note(this.#host, this.#mapping, `its shards can't be listed: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  /** Shards that came since: all of their records are new. */
  async #rediscover(): Promise<void> {
    let after: string | undefined;
    do {
      const output = await callSource<object>(this.#host, this.#mapping, this.#client.shards(after));
      const { shards, next } = this.#client.shardsFrom(output);
      for (const shard of shards) this.#learn(shard, { at: 'TRIM_HORIZON' });
      after = next;
    } while (after !== undefined);
  }
}
