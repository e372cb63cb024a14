import type { CreateEventSourceMappingRequest } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { map, queueArnOf, queueUrlOf, recorder, seen, sourceCloud, streamArnOf } from './mapping-support.ts';
import { type Cloud, fake } from './support.ts';

function stream(cloud: Cloud, name: string, shards = 1): void {
  cloud.kernel.invoke({ service: 'kinesis', operation: 'CreateStream', input: { StreamName: name, ShardCount: shards } });
}

async function put(cloud: Cloud, name: string, ...records: (string | readonly [string, string])[]): Promise<void> {
  const Records = records.map((record) => {
    const [key, data] = typeof record === 'string' ? ['k', record] : record;
    return { Data: Buffer.from(data ?? ''), PartitionKey: key };
  });
  await cloud.kernel.until(cloud.kernel.call({ service: 'kinesis', operation: 'PutRecords', input: { StreamName: name, Records } }));
}

function reader(cloud: Cloud, body: string, settings: Partial<CreateEventSourceMappingRequest> = {}): string {
  cloud.create('reader', recorder(body));
  const input = { FunctionName: 'reader', EventSourceArn: streamArnOf('flights'), StartingPosition: 'TRIM_HORIZON' as const, ...settings };
  return map(cloud.kernel, input).UUID ?? '';
}

const batches = (cloud: Cloud): string[] => seen(cloud.lambda, 'reader').map(({ ids }) => ids.join(''));

function failures(cloud: Cloud): { requestContext: object; KinesisBatchInfo: object; payload?: string }[] {
  const input = { QueueUrl: queueUrlOf('failures'), MaxNumberOfMessages: 10 };
  const output = cloud.kernel.invoke({ service: 'sqs', operation: 'ReceiveMessage', input }) as { Messages?: { Body: string }[] };
  return (output.Messages ?? []).map((message) => JSON.parse(message.Body));
}

function withFailureQueue(cloud: Cloud): Partial<CreateEventSourceMappingRequest> {
  cloud.kernel.invoke({ service: 'sqs', operation: 'CreateQueue', input: { QueueName: 'failures' } });
  return { DestinationConfig: { OnFailure: { Destination: queueArnOf('failures') } } };
}

describe('a Kinesis stream that a function reads', () => {
  it('hands records over in the shape of AWS', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    cloud.create('reader', 'export const handler = async (event) => console.log(JSON.stringify(event));');
    map(cloud.kernel, { FunctionName: 'reader', EventSourceArn: streamArnOf('flights'), StartingPosition: 'LATEST' });
    await cloud.kernel.advance(1500);
    await put(cloud, 'flights', ['SFO', 'hello']);
    await cloud.kernel.settle();
    expect(JSON.parse(cloud.lambda.logs.lines('reader')[0]?.message ?? '')).toEqual({
      Records: [
        {
          kinesis: {
            kinesisSchemaVersion: '1.0',
            partitionKey: 'SFO',
            sequenceNumber: expect.stringMatching(/^\d+$/),
            data: 'aGVsbG8=',
            approximateArrivalTimestamp: 1767225601.5,
          },
          eventSource: 'aws:kinesis',
          eventVersion: '1.0',
          eventID: expect.stringMatching(/^shardId-000000000000:\d+$/),
          eventName: 'aws:kinesis:record',
          invokeIdentityArn: 'arn:aws:iam::000000000000:role/reader',
          awsRegion: 'us-east-1',
          eventSourceARN: streamArnOf('flights'),
        },
      ],
    });
  });

  it('starts at the end, at the beginning, or at a time', async () => {
    for (const [position, expected] of [
      ['LATEST', ['c']],
      ['TRIM_HORIZON', ['a', 'b', 'c']],
      ['AT_TIMESTAMP', ['b', 'c']],
    ] as const) {
      const cloud = sourceCloud();
      stream(cloud, 'flights');
      await put(cloud, 'flights', 'a');
      await cloud.kernel.advance(1000);
      const since = cloud.kernel.now();
      await put(cloud, 'flights', 'b');
      reader(cloud, '', {
        StartingPosition: position,
        ...(position === 'AT_TIMESTAMP' ? { StartingPositionTimestamp: new Date(since) } : {}),
      });
      // An iterator lives for five minutes only: the position must outlast it.
      await cloud.kernel.advance(600_000);
      await put(cloud, 'flights', 'c');
      await cloud.kernel.settle();
      expect(seen(cloud.lambda, 'reader').flatMap(({ ids }) => ids)).toEqual(expected);
    }
  });

  it('keeps the order of each shard, whatever the batch size', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights', 3);
    reader(cloud, 'await new Promise((r) => setTimeout(r, 10));', { BatchSize: 7 });
    for (let i = 0; i < 10; i += 1) {
      const records = Array.from({ length: 20 }, (_, j): [string, string] => [
        `key${j % 5}`,
        `key${j % 5}:${String(i * 20 + j).padStart(3, '0')} `,
      ]);
      await put(cloud, 'flights', ...records);
    }
    await cloud.kernel.settle();
    const all = seen(cloud.lambda, 'reader').flatMap(({ ids }) => ids);
    expect(all).toHaveLength(200);
    for (let key = 0; key < 5; key += 1) {
      const own = all.filter((id) => id.startsWith(`key${key}:`));
      expect(own).toEqual([...own].sort());
    }
    expect(Math.max(...seen(cloud.lambda, 'reader').map(({ ids }) => ids.length))).toBe(7);
  });

  it('works on several keys of a shard at once, each in order', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    reader(cloud, 'await new Promise((r) => setTimeout(r, 1000));', { BatchSize: 1, ParallelizationFactor: 4 });
    await put(
      cloud,
      'flights',
      ...Array.from({ length: 40 }, (_, i): [string, string] => [`k${i % 10}`, `k${i % 10}:${String(i).padStart(2, '0')}`]),
    );
    const from = cloud.kernel.now();
    await cloud.kernel.settle();
    const records = seen(cloud.lambda, 'reader');
    expect(records).toHaveLength(40);
    expect(records.filter(({ at }) => at === from)).toHaveLength(4);
    for (let key = 0; key < 10; key += 1) {
      const own = records.flatMap(({ ids }) => ids).filter((id) => id.startsWith(`k${key}:`));
      expect(own).toEqual([...own].sort());
    }
  });

  it('holds a shard up while a batch fails, and gives it up after its retries', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    const settings = { BatchSize: 2, MaximumRetryAttempts: 2, ...withFailureQueue(cloud) };
    reader(cloud, "if (ids.includes('b')) throw new Error('poison');", settings);
    await put(cloud, 'flights', 'a', 'b', 'c');
    await cloud.kernel.settle();
    expect(batches(cloud)).toEqual(['ab', 'ab', 'ab', 'c']);
    expect(failures(cloud)).toEqual([
      {
        version: '1.0',
        timestamp: expect.any(String),
        requestContext: {
          requestId: expect.any(String),
          functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:reader:$LATEST',
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 3,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        KinesisBatchInfo: {
          shardId: 'shardId-000000000000',
          startSequenceNumber: expect.stringMatching(/^\d+$/),
          endSequenceNumber: expect.stringMatching(/^\d+$/),
          approximateArrivalOfFirstRecord: '2026-01-01T00:00:00.000Z',
          approximateArrivalOfLastRecord: '2026-01-01T00:00:00.000Z',
          batchSize: 2,
          streamArn: streamArnOf('flights'),
        },
      },
    ]);
  });

  it('finds the poison by bisecting', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    const settings = { BatchSize: 8, MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true, ...withFailureQueue(cloud) };
    reader(cloud, "if (ids.includes('f')) throw new Error('poison');", settings);
    await put(cloud, 'flights', ...'abcdefgh');
    await cloud.kernel.settle();
    expect(batches(cloud)).toEqual(['abcdefgh', 'abcd', 'efgh', 'ef', 'e', 'f', 'f', 'gh']);
    expect(failures(cloud).map((failure) => failure.KinesisBatchInfo)).toMatchObject([{ batchSize: 1 }]);
  });

  it('goes on at the first record that was reported as failed', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    cloud.create(
      'reader',
      `const tried = {};
       const idOf = (record) => Buffer.from(record.kinesis.data, 'base64').toString();
       export const handler = async (event) => {
         console.log(JSON.stringify({ at: Date.now(), ids: event.Records.map(idOf) }));
         const failed = event.Records.filter((r) => ['c', 'e'].includes(idOf(r)) && !tried[idOf(r)]++ && (tried[idOf(r)] = 1));
         return { batchItemFailures: failed.map((r) => ({ itemIdentifier: r.kinesis.sequenceNumber })) };
       };`,
    );
    const input = { FunctionName: 'reader', EventSourceArn: streamArnOf('flights'), StartingPosition: 'TRIM_HORIZON' as const };
    map(cloud.kernel, { ...input, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await put(cloud, 'flights', ...'abcdef');
    await cloud.kernel.settle();
    expect(batches(cloud)).toEqual(['abcdef', 'cdef']);
  });

  it('gives up records that are too old', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    reader(cloud, "if (Date.now() < Date.UTC(2026, 0, 1, 0, 10)) throw new Error('down');", {
      MaximumRecordAgeInSeconds: 60,
      ...withFailureQueue(cloud),
    });
    await put(cloud, 'flights', 'a');
    await cloud.kernel.settle();
    const [failure] = failures(cloud);
    expect(failure?.requestContext).toMatchObject({ condition: 'RecordAgeExceeded' });
    await cloud.kernel.advance(600_000);
    await put(cloud, 'flights', 'b');
    await cloud.kernel.settle();
    expect(batches(cloud).at(-1)).toBe('b');
  });

  it('sends the records themselves to a bucket', async () => {
    const cloud = sourceCloud();
    const s3 = fake('s3');
    cloud.kernel.register(s3.service);
    stream(cloud, 'flights');
    const uuid = reader(cloud, "throw new Error('no');", {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::set-aside' } },
    });
    await put(cloud, 'flights', 'lost?');
    await cloud.kernel.settle();
    expect(s3.calls).toHaveLength(1);
    expect(s3.calls[0]).toMatchObject({
      operation: 'PutObject',
      input: { Bucket: 'set-aside' },
      principal: 'arn:aws:iam::000000000000:role/reader',
    });
    expect(s3.calls[0]?.input.Key).toMatch(
      new RegExp(`^aws/lambda/${uuid}/shardId-000000000000/2026/01/01/2026-01-01T00\\.00\\.00-[0-9a-f-]{36}$`),
    );
    const document = JSON.parse(Buffer.from(s3.calls[0]?.input.Body as Uint8Array).toString());
    const event = JSON.parse(document.payload);
    expect(Buffer.from(event.Records[0].kinesis.data, 'base64').toString()).toBe('lost?');
  });

  it('passes over what its filters do not match', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    reader(cloud, '', { FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ data: { origin: ['SFO'] } }) }] } });
    await put(cloud, 'flights', '{"origin":"SFO"}', '{"origin":"JFK"}', 'no JSON');
    await cloud.kernel.settle();
    expect(batches(cloud)).toEqual(['{"origin":"SFO"}']);
  });

  it('builds up state over tumbling windows, and ends each', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    cloud.create(
      'reader',
      `export const handler = async ({ Records, state, window, isFinalInvokeForWindow, isWindowTerminatedEarly, shardId, eventSourceARN }) => {
         const count = (state.count ?? 0) + Records.length;
         if (isFinalInvokeForWindow) console.log(JSON.stringify({ window, count, isWindowTerminatedEarly, shardId, eventSourceARN }));
         return { state: { count } };
       };`,
    );
    map(cloud.kernel, {
      FunctionName: 'reader',
      EventSourceArn: streamArnOf('flights'),
      StartingPosition: 'LATEST',
      TumblingWindowInSeconds: 60,
      BatchSize: 2,
    });
    await put(cloud, 'flights', ...'abc');
    await cloud.kernel.advance(30_000);
    await put(cloud, 'flights', ...'de');
    await cloud.kernel.advance(45_000);
    await put(cloud, 'flights', ...'f');
    await cloud.kernel.settle();
    const ends = cloud.lambda.logs.lines('reader').map((line) => JSON.parse(line.message));
    expect(ends).toEqual([
      {
        window: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:01:00Z' },
        count: 5,
        isWindowTerminatedEarly: false,
        shardId: 'shardId-000000000000',
        eventSourceARN: streamArnOf('flights'),
      },
      expect.objectContaining({ window: { start: '2026-01-01T00:01:00Z', end: '2026-01-01T00:02:00Z' }, count: 1 }),
    ]);
  });

  it('waits for its batching window', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    reader(cloud, '', { MaximumBatchingWindowInSeconds: 10, BatchSize: 3 });
    const from = cloud.kernel.now();
    await put(cloud, 'flights', 'a');
    await cloud.kernel.advance(5_000);
    await put(cloud, 'flights', 'b');
    await cloud.kernel.advance(20_000);
    await put(cloud, 'flights', 'c', 'd', 'e');
    await cloud.kernel.settle();
    expect(seen(cloud.lambda, 'reader').map(({ at, ids }) => [at - from, ids.join('')])).toEqual([
      [10_000, 'ab'],
      [25_000, 'cde'],
    ]);
  });

  it('reads children after their parent when a shard is split', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    reader(cloud, '', { BatchSize: 10 });
    await put(cloud, 'flights', ['a', '1'], ['b', '2']);
    const middle = (2n ** 127n).toString();
    const split = { StreamName: 'flights', ShardToSplit: 'shardId-000000000000', NewStartingHashKey: middle };
    await cloud.call({ service: 'kinesis', operation: 'SplitShard', input: split });
    await put(cloud, 'flights', ['a', '3'], ['b', '4'], ['c', '5'], ['d', '6']);
    await cloud.kernel.settle();
    const all = seen(cloud.lambda, 'reader').flatMap(({ ids }) => ids);
    expect(all.slice(0, 2).sort()).toEqual(['1', '2']);
    expect(all.slice(2).sort()).toEqual(['3', '4', '5', '6']);
  });

  it('goes on where it was disabled', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights');
    const UUID = reader(cloud, '');
    await put(cloud, 'flights', 'a');
    await cloud.kernel.settle();
    await cloud.call({ service: 'lambda', operation: 'UpdateEventSourceMapping', input: { UUID, Enabled: false } });
    await put(cloud, 'flights', 'b');
    await cloud.kernel.advance(3_600_000);
    expect(batches(cloud)).toEqual(['a']);
    await cloud.call({ service: 'lambda', operation: 'UpdateEventSourceMapping', input: { UUID, Enabled: true } });
    await cloud.kernel.settle();
    expect(batches(cloud)).toEqual(['a', 'b']);
  });

  it('takes many records at a flat cost', async () => {
    const cloud = sourceCloud();
    stream(cloud, 'flights', 4);
    cloud.create('reader', 'let n = 0; export const handler = async (event) => { n += event.Records.length; };');
    map(cloud.kernel, { FunctionName: 'reader', EventSourceArn: streamArnOf('flights'), StartingPosition: 'LATEST', BatchSize: 100 });
    let handled = 0;
    cloud.lambda.watch(() => {
      handled += 1;
    });
    for (let i = 0; i < 10; i += 1) {
      await put(cloud, 'flights', ...Array.from({ length: 500 }, (_, j): [string, string] => [`k${j}`, `record ${i} ${j}`]));
      await cloud.kernel.advance(1000);
    }
    await cloud.kernel.settle();
    expect(handled).toBeGreaterThanOrEqual(50);
    expect(cloud.kernel.pending()).toEqual([]);
  });
});

describe('a DynamoDB stream that a function reads', () => {
  function table(cloud: Cloud): string {
    const created = cloud.kernel.invoke({
      service: 'dynamodb',
      operation: 'CreateTable',
      input: {
        TableName: 'bookings',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      },
    }) as { TableDescription: { LatestStreamArn: string } };
    return created.TableDescription.LatestStreamArn;
  }
  const write = (cloud: Cloud, Item: object) =>
    cloud.call({ service: 'dynamodb', operation: 'PutItem', input: { TableName: 'bookings', Item } });

  it('hands changes over in the shape of AWS', async () => {
    const cloud = sourceCloud();
    const streamArn = table(cloud);
    cloud.create('relay', 'export const handler = async (event) => console.log(JSON.stringify(event));');
    map(cloud.kernel, { FunctionName: 'relay', EventSourceArn: streamArn, StartingPosition: 'LATEST' });
    await cloud.kernel.advance(1500);
    await write(cloud, {
      id: { S: 'b-1' },
      raw: { B: new Uint8Array([1, 2]) },
      list: { L: [{ B: new Uint8Array([3]) }, { N: '1' }] },
      set: { BS: [new Uint8Array([4])] },
    });
    expect(JSON.parse(cloud.lambda.logs.lines('relay')[0]?.message ?? '')).toEqual({
      Records: [
        {
          eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventName: 'INSERT',
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: 'us-east-1',
          dynamodb: {
            ApproximateCreationDateTime: 1767225601,
            Keys: { id: { S: 'b-1' } },
            NewImage: { id: { S: 'b-1' }, raw: { B: 'AQI=' }, list: { L: [{ B: 'Aw==' }, { N: '1' }] }, set: { BS: ['BA=='] } },
            SequenceNumber: expect.stringMatching(/^\d+$/),
            SizeBytes: expect.any(Number),
            StreamViewType: 'NEW_AND_OLD_IMAGES',
          },
          eventSourceARN: streamArn,
        },
      ],
    });
  });

  it('has forgotten what is older than a day when its reader comes back after 30 hours', async () => {
    const cloud = sourceCloud();
    const streamArn = table(cloud);
    cloud.create('relay', recorder('', 'record.dynamodb.NewImage.state.S'));
    const { UUID } = map(cloud.kernel, { FunctionName: 'relay', EventSourceArn: streamArn, StartingPosition: 'TRIM_HORIZON' });
    const toggle = (Enabled: boolean) => cloud.call({ service: 'lambda', operation: 'UpdateEventSourceMapping', input: { UUID, Enabled } });
    await write(cloud, { id: { S: 'b-1' }, state: { S: 'before' } });
    await toggle(false);
    await write(cloud, { id: { S: 'b-1' }, state: { S: 'lost' } });
    await cloud.kernel.advance(10 * 3_600_000);
    await write(cloud, { id: { S: 'b-1' }, state: { S: 'young' } });
    await cloud.kernel.advance(20 * 3_600_000);
    await toggle(true);
    await cloud.kernel.settle();
    expect(seen(cloud.lambda, 'relay').flatMap(({ ids }) => ids)).toEqual(['before', 'young']);
    const errors = cloud.lambda.logs.lines('relay').filter((line) => line.level === 'ERROR');
    expect(errors.map((line) => line.message).join()).toMatch(/are lost: the stream has forgotten them/);
  });

  it('starts at the latest change, however late the first one comes', async () => {
    const cloud = sourceCloud();
    const streamArn = table(cloud);
    await write(cloud, { id: { S: 'old' } });
    await cloud.kernel.advance(10_000);
    cloud.create('relay', recorder(''));
    map(cloud.kernel, { FunctionName: 'relay', EventSourceArn: streamArn, StartingPosition: 'LATEST' });
    await cloud.kernel.advance(3_600_000);
    await write(cloud, { id: { S: 'new' } });
    expect(seen(cloud.lambda, 'relay').flatMap(({ ids }) => ids)).toEqual(['new']);
  });

  it('filters changes', async () => {
    const cloud = sourceCloud();
    const streamArn = table(cloud);
    cloud.create('relay', recorder(''));
    const Pattern = JSON.stringify({ eventName: ['INSERT'], dynamodb: { NewImage: { status: { S: ['requested'] } } } });
    map(cloud.kernel, {
      FunctionName: 'relay',
      EventSourceArn: streamArn,
      StartingPosition: 'TRIM_HORIZON',
      FilterCriteria: { Filters: [{ Pattern }] },
    });
    await write(cloud, { id: { S: 'a' }, status: { S: 'requested' } });
    await write(cloud, { id: { S: 'a' }, status: { S: 'confirmed' } });
    await write(cloud, { id: { S: 'b' }, status: { S: 'requested' } });
    expect(seen(cloud.lambda, 'relay').flatMap(({ ids }) => ids)).toEqual(['a', 'b']);
  });
});
