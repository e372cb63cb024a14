import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import { TestSns } from './topic-client.ts';

type Outcome = 'fine' | 'refused' | 'fault' | 'answer lost';

describe('deliveries of a topic', () => {
  it('lose nothing, whatever their calls come to: each message reaches the queue, the dead-letter queue or the list of what is lost', async () => {
    const outcome = fc.constantFrom<Outcome>('fine', 'refused', 'fault', 'answer lost');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(outcome, { maxLength: 5 }), { minLength: 1, maxLength: 10 }),
        fc.boolean(),
        async (fates, withDeadLetters) => {
          const aws = new TestSns();
          const topic = aws.topic('news');
          const [queue, dead] = [aws.queue('inbox'), aws.queue('dead')];
          const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead });
          aws.subscribe(topic, queue, { RawMessageDelivery: 'true', ...(withDeadLetters ? { RedrivePolicy } : {}) });
          const left = new Map(fates.map((fate, index) => [String(index), [...fate]]));
          let next: Outcome = 'fine';
          aws.kernel.intercept({
            before: ({ operation, input }) => {
              next = operation === 'SendMessage' ? (left.get((input as { MessageBody: string }).MessageBody)?.shift() ?? 'fine') : 'fine';
              if (next === 'refused') throw new AwsError('AccessDenied', 'No.');
              if (next === 'fault') throw new AwsError('ServiceUnavailable', 'Later.', { fault: 'server' });
            },
            after: () => {
              if (next === 'answer lost') throw new AwsError('InternalFailure', 'Who knows.', { fault: 'server' });
            },
          });
          const ids = new Map(fates.map((_, index) => [aws.publish(topic, String(index)).MessageId, String(index)]));
          const arrived = new Set([...(await aws.bodies(queue)), ...(await aws.bodies(dead))]);
          const lost = new Set(aws.sns.lost.map(({ messageId }) => ids.get(messageId)));
          expect([...ids.values()].filter((body) => !arrived.has(body) && !lost.has(body))).toEqual([]);
          expect(aws.kernel.pending()).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
