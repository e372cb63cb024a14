import type { Message } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { map, queueArnOf, queueUrlOf, recorder, seen, sourceCloud } from './mapping-support.ts';
import type { Cloud } from './support.ts';

function queue(cloud: Cloud, name: string, attributes: Record<string, string> = {}): void {
  cloud.kernel.invoke({ service: 'sqs', operation: 'CreateQueue', input: { QueueName: name, Attributes: attributes } });
}

function send(cloud: Cloud, name: string, body: string, more: object = {}): void {
  cloud.kernel.invoke({ service: 'sqs', operation: 'SendMessage', input: { QueueUrl: queueUrlOf(name), MessageBody: body, ...more } });
}

async function left(cloud: Cloud, name: string): Promise<Message[]> {
  const input = { QueueUrl: queueUrlOf(name), MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] };
  return (await cloud.call<{ Messages?: Message[] }>({ service: 'sqs', operation: 'ReceiveMessage', input })).Messages ?? [];
}

describe('a queue that a function reads', () => {
  it('hands messages over in the shape of AWS, and deletes them', async () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs');
    cloud.create('worker', 'export const handler = async (event) => console.log(JSON.stringify(event));');
    map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs') });
    send(cloud, 'jobs', 'hello', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'greeting' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
      },
    });
    await cloud.kernel.settle();
    expect(JSON.parse(cloud.lambda.logs.lines('worker')[0]?.message ?? '')).toEqual({
      Records: [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: '1767225600000',
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: '1767225600000',
          },
          messageAttributes: {
            kind: { stringValue: 'greeting', stringListValues: [], binaryListValues: [], dataType: 'String' },
            raw: { binaryValue: 'AQI=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
          },
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventSource: 'aws:sqs',
          eventSourceARN: queueArnOf('jobs'),
          awsRegion: 'us-east-1',
        },
      ],
    });
    await cloud.kernel.advance(60_000);
    expect(await left(cloud, 'jobs')).toEqual([]);
    expect(cloud.kernel.pending()).toEqual([]);
  });

  it('gives failed messages again after the visibility timeout, then to the dead-letter queue', async () => {
    const cloud = sourceCloud();
    queue(cloud, 'dead');
    queue(cloud, 'jobs', {
      VisibilityTimeout: '30',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArnOf('dead'), maxReceiveCount: 3 }),
    });
    cloud.create('worker', recorder("throw new Error('no');"));
    map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs') });
    const from = cloud.kernel.now();
    send(cloud, 'jobs', 'poison');
    await cloud.kernel.settle();
    await cloud.kernel.advance(60_000);
    expect(seen(cloud.lambda, 'worker').map(({ at }) => at - from)).toEqual([0, 30_000, 60_000]);
    expect((await left(cloud, 'dead')).map((message) => message.Body)).toEqual(['poison']);
  });

  it('keeps only the messages that were reported as failed', async () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs');
    cloud.create(
      'worker',
      recorder(
        "return { batchItemFailures: event.Records.filter((r) => r.body === 'bad' && r.attributes.ApproximateReceiveCount === '1').map((r) => ({ itemIdentifier: r.messageId })) };",
      ),
    );
    for (const body of ['a', 'bad', 'b']) send(cloud, 'jobs', body);
    map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs'), FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await cloud.kernel.settle();
    const batches = seen(cloud.lambda, 'worker');
    expect(batches.flatMap(({ ids }) => ids).sort()).toEqual(['a', 'b', 'bad', 'bad']);
    expect(batches.at(-1)?.ids).toEqual(['bad']);
  });

  it.each([
    ['another identifier', "{ batchItemFailures: [{ itemIdentifier: 'unknown' }] }"],
    ['an empty identifier', "{ batchItemFailures: [{ itemIdentifier: '' }] }"],
    ['a wrong key', "{ batchItemFailures: [{ id: 'x' }] }"],
  ])('takes an answer with %s as a failure of the whole batch', async (_what, answer) => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs');
    cloud.create('worker', recorder(`if (event.Records[0].attributes.ApproximateReceiveCount === '1') return ${answer};`));
    send(cloud, 'jobs', 'a');
    map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs'), FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await cloud.kernel.settle();
    expect(seen(cloud.lambda, 'worker')).toHaveLength(2);
  });

  it('collects until the batch is full or the window ends', async () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs');
    cloud.create('worker', recorder(''));
    map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs'), BatchSize: 5, MaximumBatchingWindowInSeconds: 10 });
    const from = cloud.kernel.now();
    for (let i = 0; i < 7; i += 1) send(cloud, 'jobs', String(i));
    await cloud.kernel.advance(4000);
    send(cloud, 'jobs', '7');
    await cloud.kernel.settle();
    expect(seen(cloud.lambda, 'worker').map(({ at, ids }) => [at - from, ids.length])).toEqual([
      [0, 5],
      [10_000, 3],
    ]);
  });

  it('deletes what its filters do not match', async () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs');
    cloud.create('worker', recorder(''));
    map(cloud.kernel, {
      FunctionName: 'worker',
      EventSourceArn: queueArnOf('jobs'),
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body: { seats: [{ numeric: ['>', 2] }] } }) }] },
    });
    for (const seats of [1, 3, 2, 5]) send(cloud, 'jobs', JSON.stringify({ seats }));
    await cloud.kernel.settle();
    await cloud.kernel.advance(60_000);
    expect(
      seen(cloud.lambda, 'worker')
        .flatMap(({ ids }) => ids)
        .sort(),
    ).toEqual(['{"seats":3}', '{"seats":5}']);
    expect(await left(cloud, 'jobs')).toEqual([]);
  });

  it('has five filters at most, as an account has that did not ask for more', () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs');
    cloud.create('worker', recorder(''));
    const filtered = (count: number) => {
      const Filters = Array.from({ length: count }, (_, index) => ({ Pattern: JSON.stringify({ body: { seats: [index] } }) }));
      return map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs'), FilterCriteria: { Filters } });
    };
    expect(() => filtered(6)).toThrow('at most 5 filters');
    expect(filtered(5).FilterCriteria?.Filters).toHaveLength(5);
  });

  it('runs no more batches at once than it may', async () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs', { VisibilityTimeout: '300' });
    cloud.create('worker', recorder('await new Promise((r) => setTimeout(r, 10_000));'), { Timeout: 60 });
    for (let i = 0; i < 6; i += 1) send(cloud, 'jobs', String(i));
    const mapping = { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs'), BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } };
    map(cloud.kernel, mapping);
    const from = cloud.kernel.now();
    await cloud.kernel.settle();
    expect(seen(cloud.lambda, 'worker').map(({ at }) => at - from)).toEqual([0, 0, 10_000, 10_000, 20_000, 20_000]);
  });

  it('starts with five batches at once and scales up while the queue is busy', async () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs', { VisibilityTimeout: '900' });
    cloud.create('worker', recorder('await new Promise((r) => setTimeout(r, 300_000));'), { Timeout: 600 });
    for (let i = 0; i < 30; i += 1) send(cloud, 'jobs', String(i));
    map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs'), BatchSize: 1 });
    await cloud.kernel.advance(59_000);
    expect(seen(cloud.lambda, 'worker')).toHaveLength(5);
    await cloud.kernel.advance(2_000);
    expect(seen(cloud.lambda, 'worker')).toHaveLength(30);
  });

  it('keeps the order of FIFO groups when a batch fails', async () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    cloud.create(
      'worker',
      recorder("if (event.Records[0].attributes.ApproximateReceiveCount === '1' && ids[0] === '0') throw new Error('once');"),
    );
    for (let i = 0; i < 4; i += 1) send(cloud, 'jobs.fifo', String(i), { MessageGroupId: 'g' });
    map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs.fifo'), BatchSize: 2 });
    await cloud.kernel.settle();
    expect(seen(cloud.lambda, 'worker').map(({ ids }) => ids.join(''))).toEqual(['01', '01', '23']);
  });

  it('refuses a queue whose visibility timeout is below the function timeout', () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs');
    cloud.create('worker', recorder(''), { Timeout: 60 });
    expect(() => map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs') })).toThrow(
      'Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds',
    );
  });

  it('takes nothing while it is disabled', async () => {
    const cloud = sourceCloud();
    queue(cloud, 'jobs');
    cloud.create('worker', recorder(''));
    const { UUID } = map(cloud.kernel, { FunctionName: 'worker', EventSourceArn: queueArnOf('jobs'), Enabled: false });
    send(cloud, 'jobs', 'waits');
    await cloud.kernel.advance(3_600_000);
    expect(seen(cloud.lambda, 'worker')).toEqual([]);
    await cloud.call({ service: 'lambda', operation: 'UpdateEventSourceMapping', input: { UUID, Enabled: true } });
    expect(seen(cloud.lambda, 'worker').map(({ ids }) => ids)).toEqual([['waits']]);
  });
});
