import { AwsError, type PendingWork } from '../../../kernel/index.ts';
import type { RecordFilter } from './filter.ts';
import { Lane, type LaneHost } from './lane.ts';
import { callSource, type Mapping, note, type PollerHost, pause, roleOf } from './source.ts';
import type { ReadResult, ShardPosition, StreamClient } from './stream-client.ts';

export interface ShardReaderOptions {
  readonly mapping: Mapping;
  readonly client: StreamClient;
  readonly filter: RecordFilter | undefined;
  readonly shardId: string;
  readonly position: ShardPosition;
  readonly retentionMs: number;
  /** Every record of the shard is done with, and the shard is closed. */
  onEnd(): void;
}

const LONGEST_PAUSE_MS = 60_000;
const SLOW_DOWN = /ThroughputExceeded|LimitExceeded|Throttl/;

/** Reads one shard in order, from new data to new data, and deals its records to lanes. */
export class ShardReader {
  readonly #host: PollerHost;
  readonly #options: ShardReaderOptions;
  readonly #lanes: Lane[];
  readonly #readLimit: number;
  #iterator: string | undefined;
  #position: ShardPosition;
  #index = 0;
  #reading = false;
  /** There may be records that were not read. */
  #more = true;
  #closed = false;
  #stopped = false;
  #ended = false;
  #troubles = 0;

  constructor(host: PollerHost, options: ShardReaderOptions) {
    this.#host = host;
    this.#options = options;
    this.#position = options.position;
    const { parallelization, batchSize } = options.mapping.settings;
    this.#readLimit = Math.min(options.client.mostRecords, Math.max(batchSize * parallelization, 500));
    const laneHost: LaneHost = {
      ...host,
      mapping: options.mapping,
      client: options.client,
      shardId: options.shardId,
      retentionMs: options.retentionMs,
      caughtUp: () => !this.#reading && !this.#more,
      ended: () => this.#closed,
      progressed: () => this.#progressed(),
    };
    this.#lanes = Array.from({ length: parallelization }, () => new Lane(laneHost));
  }

  /** Where reading would go on so that nothing is missed: at the first record that is not done with. */
  get position(): ShardPosition {
    let first: { index: number; sequenceNumber: string } | undefined;
    for (const { first: item } of this.#lanes) {
      if (item && (!first || item.index < first.index)) first = { index: item.index, sequenceNumber: item.record.sequenceNumber };
    }
    return first ? { at: 'AT_SEQUENCE_NUMBER', sequenceNumber: first.sequenceNumber } : this.#position;
  }

  /** There is something new. */
  wake(): void {
    this.#more = true;
    this.#read();
  }

  stop(): void {
    this.#stopped = true;
    for (const lane of this.#lanes) lane.stop();
  }

  pending(): PendingWork[] {
    const count = this.#lanes.reduce((sum, lane) => sum + lane.size, 0);
    return count === 0 ? [] : [{ resource: this.#options.mapping.sourceArn, what: 'stream records with their function', count }];
  }

  #buffered(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.size, 0);
  }

  #read(): void {
    if (this.#reading || this.#stopped || this.#closed || !this.#more || this.#buffered() >= this.#readLimit * 2) return;
    this.#reading = true;
    this.#more = false;
    this.#readOnce().then(
      (result) => {
        this.#reading = false;
        this.#troubles = 0;
        if (this.#stopped) return;
        this.#deal(result);
        this.#read();
        for (const lane of this.#lanes) lane.pump();
        this.#checkEnd();
      },
      (error: unknown) => this.#trouble(error),
    );
  }

  async #readOnce(): Promise<ReadResult> {
    const { mapping, client, shardId, filter } = this.#options;
    if (this.#iterator === undefined) {
      const call = client.iterator(shardId, this.#position);
      this.#iterator = (await callSource<{ ShardIterator: string }>(this.#host, mapping, call)).ShardIterator;
    }
    const output = await callSource<object>(this.#host, mapping, client.read(this.#iterator, this.#readLimit));
    return client.readFrom(output, shardId, this.#readLimit, roleOf(this.#host, mapping), filter);
  }

  #deal(result: ReadResult): void {
    for (const record of result.records) {
      this.#lanes[laneOf(record.key, this.#lanes.length)]?.push({ index: this.#index++, record });
    }
    if (result.last !== undefined) this.#position = { at: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: result.last };
    this.#iterator = result.next;
    this.#closed = result.next === undefined;
    this.#more ||= !result.caughtUp;
  }

  #trouble(error: unknown): void {
    const { mapping } = this.#options;
    if (!(error instanceof AwsError)) {
      this.#host.kernel.after(0, () => {
        throw error;
      });
      return;
    }
    this.#iterator = undefined;
    this.#more = true;
    this.#reading = false;
    if (error.code === 'ExpiredIteratorException') {
      this.#read();
      return;
    }
    if (error.code === 'TrimmedDataAccessException') {
      note(this.#host, mapping, `records of shard ${this.#options.shardId} are lost: the stream has forgotten them. ${error.message}`);
      this.#position = { at: 'TRIM_HORIZON' };
      this.#read();
      return;
    }
    mapping.lastResult = `PROBLEM: ${error.message}`;
    const passing = SLOW_DOWN.test(error.code);
    if (!passing && this.#troubles === 0) note(this.#host, mapping, error.message);
    const delay = passing ? 1_000 : Math.min(1_000 * 2 ** this.#troubles, LONGEST_PAUSE_MS);
    this.#troubles += 1;
    this.#reading = true;
    void pause(this.#host, delay, `reading ${mapping.sourceArn} again: ${error.message}`).then(() => {
      this.#reading = false;
      this.#read();
    });
  }

  #progressed(): void {
    this.#read();
    this.#checkEnd();
  }

  #checkEnd(): void {
    if (!this.#closed || this.#ended || this.#stopped || !this.#lanes.every((lane) => lane.idle)) return;
    this.#ended = true;
    this.#options.onEnd();
  }
}

/** Which lane keeps the order of a key. */
function laneOf(key: string, lanes: number): number {
  if (lanes === 1) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % lanes;
}
