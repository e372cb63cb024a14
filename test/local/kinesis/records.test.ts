import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { records, START, shardId, TestKinesis } from './test-kinesis.ts';

const HOUR = 3_600_000;
const data = (bytes: number): Uint8Array => new Uint8Array(bytes);

describe('writing', () => {
  it('puts a record where the MD5 of its partition key falls', () => {
    const kinesis = new TestKinesis();
    kinesis.stream(3);
    const ranges = kinesis.shards().map(({ ShardId, HashKeyRange }) => ({
      ShardId,
      start: BigInt(HashKeyRange.StartingHashKey),
      end: BigInt(HashKeyRange.EndingHashKey),
    }));
    expect(ranges[0]?.start).toBe(0n);
    expect(ranges.at(-1)?.end).toBe((1n << 128n) - 1n);
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 10 }), (key) => {
        const hash = BigInt(`0x${createHash('md5').update(key).digest('hex')}`);
        expect(kinesis.put(key).ShardId).toBe(ranges.find(({ start, end }) => hash >= start && hash <= end)?.ShardId);
      }),
    );
  });

  it('obeys an explicit hash key', () => {
    const kinesis = new TestKinesis();
    kinesis.stream(2);
    const put = (ExplicitHashKey: string) =>
      kinesis.call('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: data(1), ExplicitHashKey }).ShardId;
    expect([put('0'), put(String((1n << 128n) - 1n))]).toEqual([shardId(0), shardId(1)]);
    expect(() => put(String(1n << 128n))).toThrow('Invalid ExplicitHashKey');
  });

  it('takes 1,000 records a second for a shard, and answers for each of the others', async () => {
    const kinesis = new TestKinesis();
    kinesis.stream();
    const batch = Array.from({ length: 400 }, () => ({ PartitionKey: 'k', Data: data(1) }));
    expect([kinesis.putAll(batch), kinesis.putAll(batch), kinesis.putAll(batch)].map(({ FailedRecordCount }) => FailedRecordCount)).toEqual(
      [0, 0, 200],
    );
    expect(kinesis.errorOf('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: data(1) })).toMatchObject({
      code: 'ProvisionedThroughputExceededException',
      message: 'Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.',
    });
    await kinesis.kernel.advance(1_000);
    expect(kinesis.putAll(batch).FailedRecordCount).toBe(0);
  });

  it('takes 1 MiB a second for a shard', () => {
    const kinesis = new TestKinesis();
    kinesis.stream(2);
    const large = { PartitionKey: 'k', Data: data(524_287) };
    const { Records } = kinesis.putAll([
      large,
      large,
      large,
      { ...large, ExplicitHashKey: '0' },
      { ...large, ExplicitHashKey: String(1n << 127n) },
    ]);
    const failed = Records.map(({ ErrorCode }) => ErrorCode !== undefined);
    // Key `k` is in the first shard or the second; the record sent to the other one passes.
    expect(failed.slice(0, 3)).toEqual([false, false, true]);
    expect(failed.slice(3).filter(Boolean)).toHaveLength(1);
  });

  it('refuses what is too large, too many, or has no key', () => {
    const kinesis = new TestKinesis();
    kinesis.stream();
    const put = (record: object) => kinesis.errorOf('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: data(1), ...record });
    expect(put({ Data: data(1_048_576) }).message).toContain('Member must have length less than or equal to 1048576');
    expect(put({ PartitionKey: '' }).code).toBe('ValidationException');
    expect(put({ PartitionKey: 'x'.repeat(257) }).code).toBe('ValidationException');
    expect(put({ StreamName: 'none' }).message).toBe('Stream none under account 000000000000 not found.');
    const many = Array.from({ length: 501 }, () => ({ PartitionKey: 'k', Data: data(1) }));
    expect(kinesis.errorOf('PutRecords', { StreamName: 's', Records: many }).code).toBe('ValidationException');
    kinesis.call('UpdateMaxRecordSize', { StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s', MaxRecordSizeInKiB: 2_048 });
    kinesis.call('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: data(1_048_576) });
  });

  it('keeps what was sent, whatever becomes of the sender’s buffer', () => {
    const kinesis = new TestKinesis();
    kinesis.stream();
    const buffer = new TextEncoder().encode('before');
    kinesis.call('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: buffer });
    buffer.fill(0);
    const [first] = kinesis.get(kinesis.iterator(shardId(0))).Records ?? [];
    first?.Data?.fill(0);
    expect(kinesis.read(shardId(0))).toMatchObject([{ data: 'before' }]);
  });

  it('tells who listens on the stream', () => {
    const kinesis = new TestKinesis({ throttle: true });
    const arn = kinesis.stream();
    let signals = 0;
    kinesis.kernel.onSignal(arn, () => {
      signals += 1;
    });
    kinesis.put('a');
    kinesis.putAll(Array.from({ length: 10 }, () => ({ PartitionKey: 'k', Data: data(1) })));
    expect(signals).toBe(2);
  });
});

describe('reading', () => {
  it('begins where each type of iterator says', async () => {
    const kinesis = new TestKinesis();
    kinesis.stream();
    const sequences: string[] = [];
    for (const n of ['0', '1', '2', '3']) {
      sequences.push(kinesis.put('k', n).SequenceNumber);
      await kinesis.kernel.advance(1_000);
    }
    const from = (input: object) =>
      kinesis
        .read(shardId(0), input)
        .map((record) => record.data)
        .join('');
    const [, second = ''] = sequences;
    expect(from({ ShardIteratorType: 'TRIM_HORIZON' })).toBe('0123');
    expect(from({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: second })).toBe('123');
    expect(from({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: second })).toBe('23');
    expect(from({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(START + 1_001) })).toBe('23');
    expect(from({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(0) })).toBe('0123');
    const latest = kinesis.iterator(shardId(0), { ShardIteratorType: 'LATEST' });
    await kinesis.kernel.advance(1_000);
    kinesis.put('k', 'new');
    expect(records(kinesis.get(latest)).map((record) => record.data)).toEqual(['new']);
    const { StartingSequenceNumber } = kinesis.shards()[0].SequenceNumberRange;
    expect(from({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber })).toBe('0123new');
  });

  it('refuses sequence numbers of elsewhere, iterators that are old or none', async () => {
    const kinesis = new TestKinesis();
    kinesis.stream();
    const error = (input: object) => kinesis.errorOf('GetShardIterator', { StreamName: 's', ShardId: shardId(0), ...input });
    expect(error({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: '123' }).code).toBe('InvalidArgumentException');
    expect(error({ ShardIteratorType: 'AT_SEQUENCE_NUMBER' }).code).toBe('InvalidArgumentException');
    expect(error({ ShardIteratorType: 'TRIM_HORIZON', ShardId: shardId(7) }).code).toBe('ResourceNotFoundException');
    expect(kinesis.errorOf('GetRecords', { ShardIterator: 'nonsense' }).code).toBe('InvalidArgumentException');
    const iterator = kinesis.iterator(shardId(0));
    await kinesis.kernel.advance(300_001);
    expect(kinesis.errorOf('GetRecords', { ShardIterator: iterator }).code).toBe('ExpiredIteratorException');
  });

  it('is done five times a second and shard, but for event source mappings', async () => {
    const kinesis = new TestKinesis();
    const arn = kinesis.stream(2);
    const iterator = kinesis.iterator(shardId(0));
    for (let n = 0; n < 5; n += 1) kinesis.get(iterator);
    expect(kinesis.errorOf('GetRecords', { ShardIterator: iterator })).toMatchObject({
      code: 'ProvisionedThroughputExceededException',
      message: 'Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.',
    });
    kinesis.get(kinesis.iterator(shardId(1)));
    const sourceArn = 'arn:aws:lambda:us-east-1:000000000000:event-source-mapping:m';
    const input = { StreamARN: arn, ShardIterator: iterator };
    kinesis.kernel.invoke({ service: 'kinesis', operation: 'GetRecords', input, sourceArn });
    await kinesis.kernel.advance(1_000);
    kinesis.get(iterator);
  });

  it.each([
    [1, 0],
    [2, 1],
    [10, 5],
  ])('of %i MiB closes the shard for %i seconds', async (megabytes, seconds) => {
    const kinesis = new TestKinesis();
    kinesis.stream();
    for (let n = 0; n < 2 * megabytes; n += 1) {
      kinesis.call('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: data(524_288) });
      await kinesis.kernel.advance(1_000);
    }
    const refused = () => {
      try {
        kinesis.get(kinesis.iterator(shardId(0), { ShardIteratorType: 'LATEST' }));
        return false;
      } catch {
        return true;
      }
    };
    kinesis.get(kinesis.iterator(shardId(0)));
    let waited = 0;
    while (refused()) {
      waited += 1;
      await kinesis.kernel.advance(1_000);
    }
    expect(waited).toBe(seconds);
  });

  it('gives at most as many records as are asked for, and 10 MiB', () => {
    const kinesis = new TestKinesis({ throttle: false });
    kinesis.stream();
    for (let n = 0; n < 12; n += 1) kinesis.call('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: data(1_048_000) });
    const first = kinesis.get(kinesis.iterator(shardId(0)));
    expect(first.Records).toHaveLength(10);
    expect(kinesis.get(first.NextShardIterator ?? '').Records).toHaveLength(2);
    expect(kinesis.get(kinesis.iterator(shardId(0)), 3).Records).toHaveLength(3);
    expect(kinesis.errorOf('GetRecords', { ShardIterator: kinesis.iterator(shardId(0)), Limit: 10_001 }).code).toBe('ValidationException');
  });

  it('says how far behind the reader is', async () => {
    const kinesis = new TestKinesis();
    kinesis.stream();
    kinesis.put('k', 'a');
    await kinesis.kernel.advance(5_000);
    kinesis.put('k', 'b');
    await kinesis.kernel.advance(2_000);
    const first = kinesis.get(kinesis.iterator(shardId(0)), 1);
    expect(first.MillisBehindLatest).toBe(2_000);
    expect(kinesis.get(first.NextShardIterator ?? '').MillisBehindLatest).toBe(0);
  });
});

describe('retention', () => {
  it('drops records after 24 hours, or as long as is said', async () => {
    const kinesis = new TestKinesis();
    kinesis.stream();
    const { SequenceNumber } = kinesis.put('k', 'old');
    await kinesis.kernel.advance(20 * HOUR);
    kinesis.put('k', 'young');
    await kinesis.kernel.advance(5 * HOUR);
    expect(kinesis.read(shardId(0)).map((record) => record.data)).toEqual(['young']);
    const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: SequenceNumber };
    expect(kinesis.read(shardId(0), after).map((record) => record.data)).toEqual(['young']);
    kinesis.call('IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 48 });
    await kinesis.kernel.advance(30 * HOUR);
    expect(kinesis.read(shardId(0))).toHaveLength(1);
    kinesis.call('DecreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 24 });
    expect(kinesis.read(shardId(0))).toEqual([]);
    expect(kinesis.errorOf('IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 23 }).code).toBe(
      'InvalidArgumentException',
    );
    expect(kinesis.errorOf('DecreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 48 }).code).toBe(
      'InvalidArgumentException',
    );
  });
});

/** What a producer or the operator of a stream does next. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('put' as const), key: fc.constantFrom(...'abcdefgh') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), hours: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('shards' as const), count: fc.integer({ min: 1, max: 4 }) }) },
);

describe('whatever is done to a stream', () => {
  it('gives back every record of the last 24 hours once, and those of a key in order, parents before children', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const kinesis = new TestKinesis();
        kinesis.stream(2);
        const sent: { key: string; data: string; at: number }[] = [];
        for (const [index, next] of steps.entries()) {
          const now = kinesis.kernel.now();
          if (next.do === 'advance') await kinesis.kernel.advance(next.hours * HOUR);
          else if (next.do === 'put') {
            kinesis.put(next.key, String(index));
            sent.push({ key: next.key, data: String(index), at: now });
          } else {
            const open = kinesis.shards({ ShardFilter: { Type: 'AT_LATEST' } }).length;
            const TargetShardCount = Math.min(open * 2, Math.max(Math.ceil(open / 2), next.count));
            kinesis.call('UpdateShardCount', { StreamName: 's', TargetShardCount, ScalingType: 'UNIFORM_SCALING' });
          }
        }
        const kept = sent.filter(({ at }) => at >= kinesis.kernel.now() - 24 * HOUR);
        const all = kinesis.shards().flatMap(({ ShardId }) => kinesis.read(ShardId));
        expect(all).toHaveLength(kept.length);
        for (const key of 'abcdefgh') {
          const ofKey = all.filter((record) => record.key === key);
          expect(ofKey.map((record) => record.data)).toEqual(kept.filter((record) => record.key === key).map((record) => record.data));
          expect(ofKey.map((record) => record.sequence)).toEqual(ofKey.map((record) => record.sequence).sort());
        }
        expect(new Set(all.map((record) => record.sequence)).size).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });
});
