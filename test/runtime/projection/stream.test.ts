import { KinesisClient } from '@aws-sdk/client-kinesis';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventStream, type StreamRecord, tumblingWindow, type WindowedEvent } from '../../../lambdas/runtime/index.ts';
import { Waves } from '../../../lambdas/runtime/stream/waves.ts';
import { AwsError } from '../../../local/kernel/index.ts';
import { connect } from '../../../local/sdk/index.ts';
import { lambdaContext, TestCloud } from '../consumer/cloud.ts';
import { Deposited, deposited } from '../consumer/events.ts';
import { kinesisRecord } from './feed.ts';

type Refusal = 'ProvisionedThroughputExceededException' | 'InternalFailure' | undefined;

/** A stream whose PutRecords refuses records one by one, as Kinesis does. */
function refusingStream(refusals: (record: StreamRecord, count: number) => Refusal) {
  const log: StreamRecord[] = [];
  const calls: number[] = [];
  let count = 0;
  const client = connect(new KinesisClient({}) as never, {
    call: async ({ input }) => {
      const { Records } = input as { Records: { PartitionKey: string; Data: Uint8Array }[] };
      calls.push(Records.length);
      if (Records.some(({ PartitionKey, Data }) => PartitionKey.length > 256 || PartitionKey.length + Data.length > 1024 * 1024)) {
        throw new AwsError('ValidationException', '1 validation error detected');
      }
      expect(Records.length).toBeLessThanOrEqual(500);
      const answers = Records.map(({ PartitionKey, Data }) => {
        const record = { partitionKey: PartitionKey, data: Buffer.from(Data).toString('utf8') };
        count += 1;
        const refusal = refusals(record, count);
        if (refusal) return { ErrorCode: refusal, ErrorMessage: 'Rate exceeded for shard' };
        log.push(record);
        return { SequenceNumber: String(log.length), ShardId: 'shardId-000000000000' };
      });
      return { FailedRecordCount: answers.filter((answer) => 'ErrorCode' in answer).length, Records: answers };
    },
    sleep: () => Promise.resolve(),
    random: () => 0,
  }) as unknown as KinesisClient;
  return { client, log, calls };
}

const keyed = fc.array(fc.record({ partitionKey: fc.constantFrom('a', 'b', 'c', 'd'), data: fc.string({ minLength: 1, maxLength: 8 }) }), {
  maxLength: 40,
});

describe('writing to a stream', () => {
  it('puts every record once, in the order of its key, whatever is refused on the way', async () => {
    await fc.assert(
      fc.asyncProperty(keyed, fc.array(fc.boolean(), { maxLength: 60 }), async (records, refused) => {
        const numbered = records.map((record, index) => ({ ...record, data: `${index}:${record.data}` }));
        const { client, log } = refusingStream((_record, count) =>
          refused[count - 1] ? 'ProvisionedThroughputExceededException' : undefined,
        );
        const result = await eventStream({ stream: 's', client, tries: 1_000 }).put(numbered);
        expect(result).toEqual({ published: records.length, failed: [] });
        for (const key of ['a', 'b', 'c', 'd']) {
          expect(log.filter(({ partitionKey }) => partitionKey === key)).toEqual(
            numbered.filter(({ partitionKey }) => partitionKey === key),
          );
        }
      }),
      { numRuns: 25 },
    );
  });

  it('gives a key up after its tries, says so for each of its records, and sends nothing of it behind the gap', async () => {
    const { client, log } = refusingStream(({ data }) => (data === 'a2' ? 'InternalFailure' : undefined));
    const records = ['a1', 'b1', 'a2', 'b2', 'a3'].map((data) => ({ partitionKey: data.charAt(0), data }));
    const { published, failed } = await eventStream({ stream: 's', client, tries: 3 }).put(records);
    expect(published).toBe(3);
    expect(failed.map(({ record, code }) => [record.data, code])).toEqual([
      ['a2', 'InternalFailure'],
      ['a3', 'InternalFailure'],
    ]);
    expect(log.map(({ data }) => data)).toEqual(['a1', 'b1', 'b2']);
  });

  it('gives up at once what Kinesis will never take, and puts the rest', async () => {
    const { client, log } = refusingStream(() => undefined);
    const records = ['a', 'b', 'x'.repeat(257), 'c', 'd'].map((partitionKey) => ({ partitionKey, data: partitionKey.slice(0, 1) }));
    const long = { partitionKey: 'b', data: 'y'.repeat(1024 * 1024) };
    const { published, failed } = await eventStream({ stream: 's', client }).put([...records, long]);
    expect(published).toBe(4);
    expect(failed).toMatchObject([
      { record: records[2], code: 'ValidationException' },
      { record: long, code: 'ValidationException' },
    ]);
    expect(log.map(({ data }) => data).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keys events by their subject', async () => {
    const { client, log } = refusingStream(() => undefined);
    await eventStream({ stream: 's', client }).publish([deposited('x', 1)]);
    expect(log[0]?.partitionKey).toBe('x');
    expect(JSON.parse(log[0]?.data ?? '')).toMatchObject({ type: 'bank.deposited', sequence: '1' });
  });

  it('keeps within 500 records and 5 MB a call', () => {
    const many = new Waves(Array.from({ length: 1_200 }, (_, i) => ({ partitionKey: `k${i}`, data: 'x' })));
    expect(many.next()).toHaveLength(500);
    const large = new Waves(Array.from({ length: 12 }, (_, i) => ({ partitionKey: `k${i}`, data: 'x'.repeat(1024 * 1024 - 10) })));
    expect(large.next()).toHaveLength(5);
  });
});

describe('a tumbling window', () => {
  let cloud: TestCloud;
  const closed: [number, string, boolean?][] = [];
  const handler = tumblingWindow({
    name: 'hourly',
    on: Deposited,
    initial: 0,
    add: (sum, { data }) => {
      if (data.amount === 13) throw new Error('unlucky');
      return sum + data.amount;
    },
    close: (sum, { key, endedEarly }) => {
      closed.push(endedEarly ? [sum, key, endedEarly] : [sum, key]);
    },
  });
  const invoke = (bodies: readonly unknown[], state: object, final: boolean): WindowedEvent => ({
    Records: bodies.map((body, i) => kinesisRecord(body, i + 1)),
    window: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:15:00Z' },
    state: state as Record<string, unknown>,
    shardId: 'shardId-000000000000',
    isFinalInvokeForWindow: final,
    isWindowTerminatedEarly: false,
  });

  beforeEach(() => {
    process.env.MILLRACE_PARKING_TABLE = 'parking';
    cloud = new TestCloud();
    cloud.table('parking', ['pk', 'sk']);
    closed.length = 0;
  });

  it('carries its aggregate from batch to batch and closes once it is over', async () => {
    const first = await handler(invoke([deposited('a', 1, 5), deposited('b', 1, 7)], {}, false), lambdaContext);
    expect(first).toMatchObject({ state: { value: 12 }, batchItemFailures: [] });
    const second = await handler(invoke([deposited('a', 2, 1)], first.state, false), lambdaContext);
    expect(closed).toEqual([]);
    await handler(invoke([], second.state, true), lambdaContext);
    expect(closed).toEqual([[13, 'shardId-000000000000/2026-01-01T00:00:00Z']]);
  });

  it('parks an event that can not be added, and goes on', async () => {
    const { state } = await handler(invoke([deposited('a', 1, 5), deposited('b', 1, 13), deposited('c', 1, 2)], {}, false), lambdaContext);
    expect(state).toMatchObject({ value: 7 });
    expect(await cloud.items('parking')).toMatchObject([
      { pk: 'stream#hourly', reason: 'failing', detail: expect.stringContaining('unlucky') },
    ]);
  });

  it('closes each part under a key of its own when it ends early, the same for every try', async () => {
    const first = await handler(invoke([deposited('a', 1, 5)], {}, false), lambdaContext);
    const early = { ...invoke([], first.state, true), isWindowTerminatedEarly: true };
    await handler(early, lambdaContext);
    await handler(early, lambdaContext);
    const rest = await handler(invoke([deposited('a', 2, 7)], {}, false), lambdaContext);
    await handler(invoke([], rest.state, true), lambdaContext);
    const window = 'shardId-000000000000/2026-01-01T00:00:00Z';
    const { sequenceNumber } = kinesisRecord(deposited('a', 1, 5), 1).kinesis;
    expect(closed).toEqual([
      [5, `${window}/${sequenceNumber}`, true],
      [5, `${window}/${sequenceNumber}`, true],
      [7, window],
    ]);
  });

  it('parks what it cannot read', async () => {
    await handler(invoke(['garbage', deposited('a', 1, 5)], {}, true), lambdaContext);
    expect(closed[0]?.[0]).toBe(5);
    expect(await cloud.items('parking')).toMatchObject([{ pk: 'stream#hourly', reason: 'unreadable', payload: 'garbage' }]);
  });
});
