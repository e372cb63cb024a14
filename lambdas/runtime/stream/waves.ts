/** A record to be put on a stream. */
export interface StreamRecord {
  /** Records of one key stay in order. */
  readonly partitionKey: string;
  /** UTF-8 text. */
  readonly data: string;
}

/** Kinesis' limits of one PutRecords call. The keys count as well. */
const MOST_RECORDS = 500;
const MOST_BYTES = 5 * 1024 * 1024;

/** Records that wait, by key, first come first served. */
export class Waves<R extends StreamRecord> {
  readonly #lines = new Map<string, { readonly records: R[]; next: number }>();
  #size = 0;

  constructor(records: Iterable<R>) {
    for (const record of records) {
      const line = this.#lines.get(record.partitionKey);
      if (line) line.records.push(record);
      else this.#lines.set(record.partitionKey, { records: [record], next: 0 });
      this.#size += 1;
    }
  }

  get size(): number {
    return this.#size;
  }

  /**
   * The next call: the first waiting record of each key, as many as fit. One record of a key at most, because Kinesis may refuse a record
   * and take the next one of the same key, which would then be overtaken.
   */
  next(): R[] {
    const wave: R[] = [];
    let bytes = 0;
    for (const line of this.#lines.values()) {
      const record = line.records[line.next];
      if (!record) continue;
      const size = Buffer.byteLength(record.data) + Buffer.byteLength(record.partitionKey);
      if (wave.length === MOST_RECORDS || (wave.length > 0 && bytes + size > MOST_BYTES)) break;
      wave.push(record);
      bytes += size;
    }
    return wave;
  }

  /** The record is on the stream: the next one of its key may follow. */
  done(record: R): void {
    const line = this.#lines.get(record.partitionKey);
    if (!line || line.records[line.next] !== record) return;
    line.next += 1;
    this.#size -= 1;
    this.#lines.delete(record.partitionKey);
    // Served again after the other keys, so that a key with many records does not starve them.
    if (line.next < line.records.length) this.#lines.set(record.partitionKey, line);
  }

  /** Gives up on a key: what waits of it. */
  drop(partitionKey: string): R[] {
    const line = this.#lines.get(partitionKey);
    if (!line) return [];
    this.#lines.delete(partitionKey);
    const left = line.records.slice(line.next);
    this.#size -= left.length;
    return left;
  }
}
