import { describe, expect, it } from 'vitest';
import { deadLetterTo, type TestQueue, TestSqs } from './queue-client.ts';

/** A dead-letter queue that holds `count` messages of a source queue. */
function deadLetters(sqs: TestSqs, count: number): { queue: TestQueue; dead: TestQueue } {
  const dead = sqs.create('dead');
  const queue = sqs.create('jobs', deadLetterTo(dead, 1));
  for (let i = 0; i < count; i += 1) queue.send(`m${i}`);
  for (let i = 0; i < 2 * Math.ceil(count / 10); i += 1) queue.receive({ VisibilityTimeout: 0 });
  while (dead.counts()[0] < count) queue.receive({ VisibilityTimeout: 0 });
  return { queue, dead };
}

describe('a message move task', () => {
  it('takes dead letters back to where they came from, as new messages', async () => {
    const sqs = new TestSqs();
    const { queue, dead } = deadLetters(sqs, 25);
    expect(dead.counts()).toEqual([25, 0, 0]);
    await sqs.kernel.advance(5000);
    const { TaskHandle } = sqs.do('StartMessageMoveTask', { SourceArn: dead.arn });
    expect(TaskHandle).toEqual(expect.any(String));
    await sqs.kernel.settle();
    expect(sqs.do('ListMessageMoveTasks', { SourceArn: dead.arn }).Results).toEqual([
      {
        Status: 'COMPLETED',
        SourceArn: dead.arn,
        ApproximateNumberOfMessagesMoved: 25,
        ApproximateNumberOfMessagesToMove: 25,
        StartedTimestamp: sqs.kernel.now(),
      },
    ]);
    expect(dead.counts()).toEqual([0, 0, 0]);
    expect(queue.counts()).toEqual([25, 0, 0]);
    expect(queue.receive()[0]?.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: String(sqs.kernel.now()) });
  });

  it('moves no faster than it is told, can be cancelled, and runs once at a time', async () => {
    const sqs = new TestSqs();
    const { dead } = deadLetters(sqs, 10);
    const target = sqs.create('target');
    const input = { SourceArn: dead.arn, DestinationArn: target.arn, MaxNumberOfMessagesPerSecond: 2 };
    const { TaskHandle } = sqs.do('StartMessageMoveTask', input);
    await sqs.kernel.advance(1500);
    expect(target.counts()).toEqual([4, 0, 0]);
    expect(sqs.errorOf(() => sqs.do('StartMessageMoveTask', input)).message).toBe(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    );
    expect(sqs.do('CancelMessageMoveTask', { TaskHandle })).toEqual({ ApproximateNumberOfMessagesMoved: 4 });
    await sqs.kernel.settle();
    expect(target.counts()).toEqual([4, 0, 0]);
    expect(sqs.do('ListMessageMoveTasks', { SourceArn: dead.arn }).Results).toMatchObject([{ Status: 'CANCELLED' }]);
  });

  it('fails when the destination goes away, or when a message did not come from anywhere', async () => {
    const sqs = new TestSqs();
    const { dead } = deadLetters(sqs, 10);
    const target = sqs.create('target');
    sqs.do('StartMessageMoveTask', { SourceArn: dead.arn, DestinationArn: target.arn, MaxNumberOfMessagesPerSecond: 1 });
    await sqs.kernel.advance(2500);
    sqs.do('DeleteQueue', { QueueUrl: target.url });
    await sqs.kernel.settle();
    expect(sqs.do('ListMessageMoveTasks', { SourceArn: dead.arn }).Results).toMatchObject([
      { Status: 'FAILED', ApproximateNumberOfMessagesMoved: 3, FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' },
    ]);
    dead.send('put here by hand');
    sqs.do('StartMessageMoveTask', { SourceArn: dead.arn });
    await sqs.kernel.settle();
    expect(sqs.do('ListMessageMoveTasks', { SourceArn: dead.arn, MaxResults: 10 }).Results).toMatchObject([
      { Status: 'FAILED', ApproximateNumberOfMessagesMoved: 7, FailureReason: 'CouldNotDetermineMessageSource' },
      { Status: 'FAILED' },
    ]);
    expect(dead.counts()).toEqual([1, 0, 0]);
  });

  it('refuses what it cannot move', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('plain');
    const { dead } = deadLetters(sqs, 0);
    expect(sqs.errorOf(() => sqs.do('StartMessageMoveTask', { SourceArn: queue.arn })).message).toBe(
      'Source queue must be configured as a Dead Letter Queue.',
    );
    const nowhere = { SourceArn: dead.arn, DestinationArn: `${dead.arn}-none` };
    expect(sqs.errorOf(() => sqs.do('StartMessageMoveTask', nowhere))).toMatchObject({ code: 'ResourceNotFoundException', status: 404 });
    expect(sqs.errorOf(() => sqs.do('CancelMessageMoveTask', { TaskHandle: 'x' })).message).toBe(
      'Value for parameter TaskHandle is invalid.',
    );
  });
});
