import { describe, expect, it } from 'vitest';
import { deadLetterTo, type TestQueue, TestSqs } from './queue-client.ts';

const seconds = (n: number): number => n * 1000;

function send(queue: TestQueue, group: string, ...bodies: string[]): void {
  for (const body of bodies) queue.send(body, { MessageGroupId: group, MessageDeduplicationId: `${group}/${body}` });
}

describe('a FIFO queue', () => {
  it('delivers a group in order, as much of it as fits, and holds the rest back until what is in flight is gone', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('orders.fifo');
    send(queue, 'g', '1', '2', '3');
    send(queue, 'h', 'a');
    const [first, second] = queue.receive({ MaxNumberOfMessages: 2 });
    expect([first?.Body, second?.Body]).toEqual(['1', '2']);
    expect(queue.bodies()).toEqual(['a']);
    queue.delete(first);
    expect(queue.bodies()).toEqual([]);
    queue.delete(second);
    expect(queue.bodies()).toEqual(['3']);
  });

  it('signals when a delete sets a group free', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('orders.fifo');
    send(queue, 'g', '1', '2');
    const [first] = queue.receive({ MaxNumberOfMessages: 1 });
    let signals = 0;
    sqs.kernel.onSignal(queue.arn, () => {
      signals += 1;
    });
    queue.delete(first);
    expect(signals).toBe(1);
  });

  // Recorded on AWS: three messages received at once, one of them kept hidden longer than the others.
  it.each([
    [0, []],
    [1, ['foo']],
    [2, ['foo', 'bar']],
  ])('returns what comes before the hidden message %i of a group, and nothing behind it', async (position, expected) => {
    const sqs = new TestSqs();
    const queue = sqs.create('orders.fifo', { VisibilityTimeout: '1' });
    send(queue, 'g', 'foo', 'bar', 'baz');
    const messages = queue.receive();
    expect(messages).toHaveLength(3);
    queue.hide(messages[position], 4);
    await sqs.kernel.advance(seconds(2.5));
    expect(queue.bodies()).toEqual(expected);
  });

  it('returns messages in order again after their visibility timeout', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('orders.fifo', { VisibilityTimeout: '5' });
    send(queue, 'g', '1', '2', '3');
    queue.receive({ MaxNumberOfMessages: 2 });
    await sqs.kernel.settle();
    expect(queue.bodies()).toEqual(['1', '2', '3']);
  });

  it('refuses to delete with a handle whose visibility timeout is over', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('orders.fifo', { VisibilityTimeout: '1' });
    send(queue, 'g', '1');
    const [message] = queue.receive();
    await sqs.kernel.advance(seconds(1));
    expect(sqs.errorOf(() => queue.delete(message))).toMatchObject({
      code: 'InvalidParameterValue',
      message: `Value ${message?.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    });
    expect(queue.counts()).toEqual([1, 0, 0]);
  });

  it('answers a repeated message for five minutes as it did the first time, also when that is deleted', async () => {
    const sqs = new TestSqs();
    const queue = sqs.create('orders.fifo', { ContentBasedDeduplication: 'true' });
    const first = queue.send('same', { MessageGroupId: 'g' });
    expect(first.SequenceNumber).toMatch(/^\d{20}$/);
    queue.delete(queue.receive()[0]);
    expect(queue.send('same', { MessageGroupId: 'other' })).toEqual(first);
    expect(queue.counts()).toEqual([0, 0, 0]);
    await sqs.kernel.advance(seconds(300));
    const again = queue.send('same', { MessageGroupId: 'g' });
    expect(again.MessageId).not.toBe(first.MessageId);
    expect(BigInt(again.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
  });

  it('deduplicates within a group where the scope says so', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('orders.fifo', { DeduplicationScope: 'messageGroup' });
    for (const group of ['g', 'g', 'h']) queue.send('x', { MessageGroupId: group, MessageDeduplicationId: 'd' });
    expect(queue.counts()).toEqual([2, 0, 0]);
  });

  it('needs a group and something to deduplicate by, and takes no delay of its own', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('orders.fifo');
    expect(sqs.errorOf(() => queue.send('x'))).toMatchObject({
      code: 'MissingParameter',
      message: 'The request must contain the parameter MessageGroupId.',
    });
    expect(sqs.errorOf(() => queue.send('x', { MessageGroupId: 'g' }))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    });
    expect(sqs.errorOf(() => queue.send('x', { MessageGroupId: 'g', MessageDeduplicationId: 'd', DelaySeconds: 2 }))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
    });
    expect(sqs.errorOf(() => queue.send('x', { MessageGroupId: 'a b', MessageDeduplicationId: 'd' })).message).toBe(
      'Value a b for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
    );
    const batch = { QueueUrl: queue.url, Entries: [{ Id: '1', MessageBody: 'x' }] };
    expect(sqs.errorOf(() => sqs.do('SendMessageBatch', batch)).code).toBe('InvalidParameterValue');
  });

  it('goes on with a group when its poison message is dead-lettered', () => {
    const sqs = new TestSqs();
    const dead = sqs.create('dead.fifo');
    const queue = sqs.create('orders.fifo', deadLetterTo(dead, 1));
    send(queue, 'g', 'poison', 'next');
    queue.receive({ MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
    expect(queue.bodies()).toEqual(['next']);
    const [letter] = dead.receive();
    expect(letter).toMatchObject({ Body: 'poison', Attributes: { MessageGroupId: 'g', DeadLetterQueueSourceArn: queue.arn } });
  });

  it('wants a dead-letter queue of its own kind', () => {
    const sqs = new TestSqs();
    const dead = sqs.create('dead');
    expect(sqs.errorOf(() => sqs.create('orders.fifo', deadLetterTo(dead, 1))).message).toMatch(/same type of queue/);
  });
});
