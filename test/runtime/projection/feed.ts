import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';

/** A record of a shard, as Lambda hands it out. */
export function kinesisRecord(body: unknown, position: number, options: { shard?: string; key?: string } = {}): KinesisStreamRecord {
  const shard = options.shard ?? 'shardId-000000000000';
  const sequenceNumber = `4966${String(position).padStart(20, '0')}`;
  return {
    awsRegion: 'us-east-1',
    eventID: `${shard}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    eventSource: 'aws:kinesis',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
    eventVersion: '1.0',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/r',
    kinesis: {
      approximateArrivalTimestamp: Date.now() / 1000,
      data: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)).toString('base64'),
      kinesisSchemaVersion: '1.0',
      partitionKey: options.key ?? 'key',
      sequenceNumber,
    },
  };
}

export const kinesisEvent = (...Records: KinesisStreamRecord[]): KinesisStreamEvent => ({ Records });

/** A shard with one reader, as an event source mapping is: from the checkpoint on, and again from the first failure. */
export class Shard {
  readonly records: KinesisStreamRecord[] = [];
  readonly #name: string;
  checkpoint = 0;

  constructor(name: string) {
    this.#name = name;
  }

  put(body: unknown): void {
    this.records.push(kinesisRecord(body, this.records.length + 1, { shard: this.#name }));
  }

  get done(): boolean {
    return this.checkpoint >= this.records.length;
  }

  batch(size: number): KinesisStreamRecord[] {
    return this.records.slice(this.checkpoint, this.checkpoint + size);
  }

  /** @param failed what the function answered; undefined when it failed as a whole */
  answered(batch: readonly KinesisStreamRecord[], failed: readonly { itemIdentifier: string }[] | undefined): void {
    if (!failed) return;
    const first = failed[0]?.itemIdentifier;
    const index = first === undefined ? batch.length : batch.findIndex((record) => record.kinesis.sequenceNumber === first);
    this.checkpoint += Math.max(index, 0);
  }
}
