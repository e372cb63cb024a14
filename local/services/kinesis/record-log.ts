const PAGE_BYTES = 262_144;

/** A record as it is kept: its bytes lie in a page that it shares with its neighbours. */
interface StoredRecord {
  readonly page: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly partitionKey: string;
  readonly arrivedAt: number;
}

export interface LogRecord {
  /** 1 for the first record that the shard ever had. */
  readonly position: number;
  readonly data: Uint8Array;
  readonly partitionKey: string;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
}

/**
 * The records of a shard, in order. Appending, finding by position and expiring cost the same however many there are;
 * a record takes its bytes and about 60 more.
 */
export class RecordLog {
  #records: StoredRecord[] = [];
  /** Records of the array that have expired. */
  #head = 0;
  #nextPosition = 1;
  #page = new Uint8Array(0);
  #used = 0;

  /** Position of the next record to come. */
  get next(): number {
    return this.#nextPosition;
  }

  /** Position of the oldest record that is still there (that of the next to come, when there is none). */
  get first(): number {
    return this.#nextPosition - this.#records.length + this.#head;
  }

  append(data: Uint8Array, partitionKey: string, now: number): number {
    if (this.#used + data.length > this.#page.length) {
      this.#page = new Uint8Array(Math.max(PAGE_BYTES, data.length));
      this.#used = 0;
    }
    this.#page.set(data, this.#used);
    this.#records.push({ page: this.#page, offset: this.#used, length: data.length, partitionKey, arrivedAt: now });
    this.#used += data.length;
    return this.#nextPosition++;
  }

  /** Forgets what arrived before `time`. */
  expire(time: number): void {
    for (let oldest = this.#records[this.#head]; oldest && oldest.arrivedAt < time; oldest = this.#records[this.#head]) this.#head += 1;
    if (this.#head > 1_000 && this.#head * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#head);
      this.#head = 0;
    }
  }

  at(position: number): LogRecord | undefined {
    const record = position < this.first ? undefined : this.#records[position - this.first + this.#head];
    if (!record) return undefined;
    const data = record.page.slice(record.offset, record.offset + record.length);
    return { position, data, partitionKey: record.partitionKey, arrivedAt: record.arrivedAt };
  }

  /** When the record at a position arrived, without reading it. */
  arrivedAt(position: number): number | undefined {
    return position < this.first ? undefined : this.#records[position - this.first + this.#head]?.arrivedAt;
  }

  /** Position of the first record that arrived at `time` or later. */
  since(time: number): number {
    let low = this.first;
    let high = this.next;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.arrivedAt(middle) ?? time) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
