import type { StreamViewType } from '@aws-sdk/client-dynamodb';
import { HASHES, hashOf } from '../storage/keyed-items.ts';
import type { KeySchema } from '../storage/schema.ts';
import type { Item } from '../values/attribute-value.ts';

/** How long a stream keeps a record. */
export const RETENTION_MS = 24 * 3_600_000;

/** A change of one item, as the stream keeps it. Images are the stored items themselves, which never change. */
export interface ChangeRecord {
  readonly sequence: string;
  readonly at: number;
  readonly name: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly keys: Item;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** Bytes of the keys and of the images that the view shows. */
  readonly size: number;
  /** Deleted by time to live, not by a caller. */
  readonly expired: boolean;
}

export interface ChangeStreamOptions {
  readonly arn: string;
  readonly label: string;
  readonly tableName: string;
  readonly view: StreamViewType;
  readonly keys: KeySchema;
  readonly createdAt: number;
  readonly shards: number;
  /** 16 hexadecimal digits that no other stream has. */
  readonly id: string;
}

/** Of one length, so that they are in order as strings, too. */
export function sequenceNumber(count: number): string {
  return `1${String(count).padStart(20, '0')}`;
}

/**
 * The changes of a table's items, in shards: all changes of an item are in one shard, in order. Between shards, and so between
 * items, there is no order to rely on.
 */
export class ChangeStream {
  readonly options: ChangeStreamOptions;
  readonly shards: readonly Shard[];
  #count = 0;
  #disabledAt: number | undefined;

  constructor(options: ChangeStreamOptions) {
    this.options = options;
    this.shards = Array.from({ length: options.shards }, (_, index) => new Shard(options, index));
  }

  get arn(): string {
    return this.options.arn;
  }

  get enabled(): boolean {
    return this.#disabledAt === undefined;
  }

  /** When its last record will be gone; undefined while it is enabled. */
  get goneAt(): number | undefined {
    return this.#disabledAt === undefined ? undefined : this.#disabledAt + RETENTION_MS;
  }

  /** The sequence number that the last record has, or would have had. */
  get lastSequence(): string {
    return sequenceNumber(this.#count);
  }

  append(partition: string, change: Omit<ChangeRecord, 'sequence'>): void {
    this.#count += 1;
    const shard = this.shards[Math.floor((hashOf(partition) / HASHES) * this.shards.length)];
    shard?.append({ ...change, sequence: sequenceNumber(this.#count) });
  }

  /** Ends the stream: nothing is added, what it has can be read until it is too old. */
  disable(now: number): void {
    this.#disabledAt = now;
    for (const shard of this.shards) shard.close(this.lastSequence);
  }
}

/** A part of a stream: records in order, of which the oldest are dropped when they are too old. */
export class Shard {
  readonly id: string;
  readonly start: string = sequenceNumber(0);
  #records: ChangeRecord[] = [];
  #first = 0;
  #horizon: string = this.start;
  #end: string | undefined;

  constructor({ createdAt, id }: ChangeStreamOptions, index: number) {
    this.id = `shardId-${String(createdAt).padStart(20, '0')}-${id.slice(0, 7)}${index}`;
  }

  /** The sequence number it was closed at. */
  get end(): string | undefined {
    return this.#end;
  }

  close(sequence: string): void {
    this.#end = sequence;
  }

  append(record: ChangeRecord): void {
    this.trim(record.at);
    this.#records.push(record);
  }

  /** Drops what is older than 24 hours. */
  trim(now: number): void {
    const oldest = now - RETENTION_MS;
    for (;;) {
      const record = this.#records[this.#first];
      if (!record || record.at >= oldest) break;
      this.#horizon = record.sequence;
      this.#first += 1;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The sequence number of the last record that it has dropped: what comes after it, it still has. */
  get horizon(): string {
    return this.#horizon;
  }

  /** Records after the given sequence number, oldest first, at most `limit` and `bytes`, but one at least. */
  after(sequence: string, limit: number, bytes: number): readonly ChangeRecord[] {
    const from = this.#indexAfter(sequence);
    let to = from;
    let size = 0;
    while (to < this.#records.length && to - from < limit) {
      size += this.#records[to]?.size ?? 0;
      if (size > bytes && to > from) break;
      to += 1;
    }
    return this.#records.slice(from, to);
  }

  #indexAfter(sequence: string): number {
    let low = this.#first;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#records[middle]?.sequence ?? '') > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
