import { describe, expect, it } from 'vitest';
import { deadLetterTo, TestSqs } from './queue-client.ts';

const seconds = (n: number): number => n * 1000;

describe('a standard queue', () => {
  it('delivers a message and keeps it hidden for the visibility timeout', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs', { VisibilityTimeout: '30' });
    const { MessageId } = queue.send('hello');

    const [first] = queue.receive();
    expect(first).toMatchObject({ MessageId, Body: 'hello', MD5OfBody: '5d41402abc4b2a76b9719d911017c592' });
    expect(first?.Attributes).toEqual({
      SenderId: expect.any(String),
      SentTimestamp: String(sqs.kernel.now()),
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(sqs.kernel.now()),
    });
    expect(queue.bodies()).toEqual([]);
    expect(queue.counts()).toEqual([0, 1, 0]);

    await sqs.kernel.advance(seconds(29.999));
    expect(queue.bodies()).toEqual([]);
    await sqs.kernel.advance(1);
    const [second] = queue.receive();
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
  });

  it('keeps the message when the handle of an earlier receive is deleted, and deletes by the latest', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    queue.send('once');
    const [first] = queue.receive({ VisibilityTimeout: 0 });
    const [second] = queue.receive();
    queue.delete(first);
    expect(queue.counts()).toEqual([0, 1, 0]);
    queue.delete(second);
    expect(queue.counts()).toEqual([0, 0, 0]);
    queue.delete(second);
  });

  it('deletes by the latest handle after the visibility timeout, too', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs', { VisibilityTimeout: '1' });
    queue.send('late');
    const [message] = queue.receive();
    await sqs.kernel.advance(seconds(2));
    expect(queue.counts()).toEqual([1, 0, 0]);
    queue.delete(message);
    expect(queue.counts()).toEqual([0, 0, 0]);
  });

  it('hides a message for as long as it is told to, at most 12 hours in all', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs', { VisibilityTimeout: '10' });
    queue.send('slow');
    const [message] = queue.receive();
    queue.hide(message, 100);
    await sqs.kernel.advance(seconds(99));
    expect(queue.bodies()).toEqual([]);
    expect(sqs.errorOf(() => queue.hide(message, 43_200))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].',
    });
    queue.hide(message, 0);
    expect(queue.bodies()).toEqual(['slow']);
  });

  it('delays messages by the queue or by the message, and signals when they become visible', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs', { DelaySeconds: '5' });
    const signals: number[] = [];
    const start = sqs.kernel.now();
    sqs.kernel.onSignal(queue.arn, () => signals.push(sqs.kernel.now() - start));
    queue.send('by the queue');
    queue.send('by the message', { DelaySeconds: 2 });
    queue.send('at once', { DelaySeconds: 0 });
    expect(queue.counts()).toEqual([1, 0, 2]);
    await sqs.kernel.settle();
    expect(sqs.kernel.now() - start).toBe(seconds(5));
    expect(signals).toEqual([0, 2000, 5000]);
    expect(queue.bodies()).toEqual(['at once', 'by the message', 'by the queue']);
  });

  it('answers a long poll when a message comes, else empty when the time is up', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    const start = sqs.kernel.now();
    const empty = queue.poll(20).then((messages) => [messages.length, sqs.kernel.now() - start]);
    await sqs.kernel.settle();
    expect(await empty).toEqual([0, seconds(20)]);

    const first = queue.poll(20);
    const second = queue.poll(20);
    sqs.kernel.after(seconds(3), () => queue.send('a'));
    sqs.kernel.after(seconds(7), () => queue.send('b'));
    await sqs.kernel.advance(seconds(3));
    expect((await first).map((message) => message.Body)).toEqual(['a']);
    await sqs.kernel.advance(seconds(4));
    expect((await second).map((message) => message.Body)).toEqual(['b']);
  });

  it('refuses long polls of a queue that is deleted', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    const poll = queue.poll(20).catch((error: Error) => error.name);
    await sqs.kernel.advance(1);
    sqs.do('DeleteQueue', { QueueUrl: queue.url });
    await sqs.kernel.settle();
    expect(await poll).toBe('QueueDoesNotExist');
    expect(sqs.errorOf(() => sqs.create('jobs')).code).toBe('QueueDeletedRecently');
    await sqs.kernel.advance(seconds(60));
    sqs.create('jobs');
  });

  it('drops messages when their retention is over, without making settle wait for it', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs', { MessageRetentionPeriod: '60', VisibilityTimeout: '1' });
    queue.send('old');
    await sqs.kernel.advance(seconds(30));
    queue.send('young');
    queue.receive({ MaxNumberOfMessages: 1 });
    const before = sqs.kernel.now();
    await sqs.kernel.settle();
    expect(sqs.kernel.now() - before).toBe(seconds(1));
    await sqs.kernel.advance(seconds(29));
    expect(queue.bodies()).toEqual(['young']);
    queue.set({ MessageRetentionPeriod: '3600' });
    await sqs.kernel.advance(seconds(3500));
    expect(queue.counts()).toEqual([1, 0, 0]);
    await sqs.kernel.advance(seconds(200));
    expect(queue.counts()).toEqual([0, 0, 0]);
  });

  it('gives a message that was received too often to the dead-letter queue, with its history', () => {
    const sqs = new TestSqs();
    const dead = sqs.create('dead');
    const queue = sqs.create('jobs', deadLetterTo(dead, 2));
    const { MessageId } = queue.send('poison', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } });
    const sentAt = String(sqs.kernel.now());
    queue.receive({ VisibilityTimeout: 0 });
    queue.receive({ VisibilityTimeout: 0 });
    expect(queue.bodies()).toEqual([]);
    expect(queue.counts()).toEqual([0, 0, 0]);
    expect(dead.receive()).toMatchObject([
      {
        MessageId,
        Body: 'poison',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
        Attributes: { ApproximateReceiveCount: '3', SentTimestamp: sentAt, DeadLetterQueueSourceArn: queue.arn },
      },
    ]);
  });

  it('counts the retention of a dead letter from when it was first sent', async () => {
    const sqs = new TestSqs();
    const dead = sqs.create('dead', { MessageRetentionPeriod: '100' });
    const queue = sqs.create('jobs', deadLetterTo(dead, 1));
    queue.send('poison');
    await sqs.kernel.advance(seconds(90));
    queue.receive({ VisibilityTimeout: 0 });
    queue.receive();
    expect(dead.counts()).toEqual([1, 0, 0]);
    await sqs.kernel.advance(seconds(10));
    expect(dead.counts()).toEqual([0, 0, 0]);
  });

  it('keeps a message when the dead-letter queue does not let it in any more', () => {
    const sqs = new TestSqs();
    const dead = sqs.create('dead');
    const queue = sqs.create('jobs', deadLetterTo(dead, 1));
    dead.set({ RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }) });
    queue.send('stays');
    queue.receive({ VisibilityTimeout: 0 });
    expect(queue.bodies()).toEqual(['stays']);
    expect(dead.counts()).toEqual([0, 0, 0]);
  });

  it('empties at once, but only once a minute', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    queue.send('a');
    queue.send('b', { DelaySeconds: 10 });
    queue.receive();
    sqs.do('PurgeQueue', { QueueUrl: queue.url });
    expect(queue.counts()).toEqual([0, 0, 0]);
    expect(sqs.errorOf(() => sqs.do('PurgeQueue', { QueueUrl: queue.url }))).toMatchObject({
      code: 'PurgeQueueInProgress',
      queryCode: 'AWS.SimpleQueueService.PurgeQueueInProgress',
      status: 403,
      message: 'Only one PurgeQueue operation on jobs is allowed every 60 seconds.',
    });
    await sqs.kernel.advance(seconds(60));
    sqs.do('PurgeQueue', { QueueUrl: queue.url });
  });

  it('reports what is pending', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    queue.send('a');
    queue.send('b');
    queue.send('c', { DelaySeconds: 1 });
    queue.receive({ MaxNumberOfMessages: 1 });
    expect(sqs.kernel.pending()).toEqual([
      { resource: queue.arn, what: 'messages visible', count: 1 },
      { resource: queue.arn, what: 'messages in flight', count: 1 },
      { resource: queue.arn, what: 'messages delayed', count: 1 },
    ]);
  });

  it('lets a chooser reorder, duplicate and forget deletes', async () => {
    const sqs = new TestSqs({
      chooser: { next: (_arn, count) => count - 1, hiddenFor: () => 10, forgetsDelete: () => true },
    });
    const queue = sqs.create('jobs');
    for (const body of ['a', 'b', 'c']) queue.send(body);
    const messages = queue.receive();
    expect(messages.map((message) => message.Body)).toEqual(['c', 'b', 'a']);
    queue.delete(messages[0]);
    await sqs.kernel.advance(10);
    expect(queue.bodies()).toHaveLength(3);
  });

  it('refuses to receive more than may be in flight, and goes on when one is deleted', async () => {
    const sqs = new TestSqs({ inFlightLimit: 20 });
    const queue = sqs.create('jobs');
    for (let i = 0; i < 25; i += 1) queue.send(String(i));
    const [first] = queue.receive();
    queue.receive();
    expect(queue.counts()).toEqual([5, 20, 0]);
    expect(sqs.errorOf(() => queue.receive())).toMatchObject({ code: 'OverLimit', status: 403 });
    let signals = 0;
    sqs.kernel.onSignal(queue.arn, () => {
      signals += 1;
    });
    queue.delete(first);
    expect(signals).toBe(1);
    expect(queue.bodies()).toEqual(['20']);
  });
});
