import type { Message } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadLetterTo, type TestQueue, TestSqs } from './queue-client.ts';

/** What a producer or a consumer does next. */
type Step =
  | { readonly do: 'send'; readonly group: number; readonly delay: number; readonly again: boolean }
  | { readonly do: 'receive'; readonly max: number; readonly visibility: number }
  | { readonly do: 'delete' | 'release'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), group: fc.nat(3), delay: fc.nat(20), again: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 10 }), visibility: fc.nat(15) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'release' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat(20_000) }) },
);

interface Run {
  readonly sent: string[];
  readonly received: Message[];
  readonly deleted: Set<string>;
}

/** Plays the steps against a queue; refused deletes of a FIFO queue count as not done. */
async function play(sqs: TestSqs, queue: TestQueue, fifo: boolean, steps: readonly Step[]): Promise<Run> {
  const run: Run = { sent: [], received: [], deleted: new Set() };
  const held: Message[] = [];
  for (const next of steps) {
    if (next.do === 'send') {
      const known = next.again ? run.sent.at(-1) : undefined;
      const body = known ?? `${next.group}/${run.sent.length}`;
      const group = body.split('/')[0] ?? '';
      queue.send(body, fifo ? { MessageGroupId: group, MessageDeduplicationId: body } : { DelaySeconds: next.delay });
      if (known === undefined || !fifo) run.sent.push(body);
    } else if (next.do === 'receive') {
      const messages = queue.receive({ MaxNumberOfMessages: next.max, VisibilityTimeout: next.visibility });
      run.received.push(...messages);
      held.push(...messages);
    } else if (next.do === 'advance') {
      await sqs.kernel.advance(next.ms);
    } else {
      const [message] = held.splice(next.which % Math.max(held.length, 1), 1);
      if (!message) continue;
      try {
        if (next.do === 'release') queue.hide(message, 0);
        else {
          const before = total(queue);
          queue.delete(message);
          if (total(queue) < before) run.deleted.add(message.MessageId ?? '');
        }
      } catch (error) {
        expect((error as Error).name).toMatch(/InvalidParameterValue|MessageNotInflight/);
      }
    }
  }
  return run;
}

function total(queue: TestQueue): number {
  return queue.counts().reduce((sum, count) => sum + count, 0);
}

/** Everything that is left in a queue, once nothing of it is hidden. */
async function drain(sqs: TestSqs, queue: TestQueue): Promise<string[]> {
  await sqs.kernel.settle();
  const bodies: string[] = [];
  for (;;) {
    const messages = queue.receive();
    if (messages.length === 0) return bodies;
    for (const message of messages) {
      bodies.push(message.Body ?? '');
      queue.delete(message);
    }
  }
}

describe('delivery', () => {
  it('loses nothing: every message is deleted by a consumer, still there, or a dead letter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 60 }), async (fifo, steps) => {
        const sqs = new TestSqs();
        const suffix = fifo ? '.fifo' : '';
        const dead = sqs.create(`dead${suffix}`);
        const queue = sqs.create(`jobs${suffix}`, deadLetterTo(dead, 3));
        const { sent, deleted } = await play(sqs, queue, fifo, steps);
        // The last receives may dead-letter, so the queue is drained before its dead-letter queue.
        const left = await drain(sqs, queue);
        const letters = await drain(sqs, dead);
        expect(deleted.size + left.length + letters.length).toBe(sent.length);
        expect(sqs.kernel.pending()).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('loses nothing either when AWS takes its freedoms: other orders, duplicates, forgotten deletes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 40 }), async (seed, count) => {
        const sqs: TestSqs = new TestSqs({
          seed,
          chooser: {
            next: (_arn, choices) => Math.floor(sqs.kernel.random() * choices),
            hiddenFor: (_arn, timeoutMs) => Math.floor(sqs.kernel.random() * 1.5 * timeoutMs),
            forgetsDelete: () => sqs.kernel.random() < 0.3,
          },
        });
        const queue = sqs.create('jobs');
        for (let i = 0; i < count; i += 1) queue.send(String(i));
        const seen = new Set<string>();
        while (total(queue) > 0) {
          for (const message of queue.receive({ MaxNumberOfMessages: 3 })) {
            seen.add(message.Body ?? '');
            queue.delete(message);
          }
          await sqs.kernel.advance(1000);
        }
        expect(seen.size).toBe(count);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the order of each group: nothing is received while an older message of its group is in flight or waiting', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const sqs = new TestSqs();
        const queue = sqs.create('orders.fifo');
        const { received } = await play(sqs, queue, true, steps);
        const highest = new Map<string, number>();
        for (const message of received) {
          // Only a message that comes again may be older than what was received before it.
          const [group = '', number = '0'] = (message.Body ?? '').split('/');
          const again = message.Attributes?.ApproximateReceiveCount !== '1';
          if (!again) expect(Number(number)).toBeGreaterThan(highest.get(group) ?? -1);
          highest.set(group, Math.max(Number(number), highest.get(group) ?? -1));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('accepts what a FIFO queue has seen in five minutes only once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(5), fc.nat(200_000)), { maxLength: 40 }), async (sends) => {
        const sqs = new TestSqs();
        const queue = sqs.create('orders.fifo');
        const accepted = new Map<number, number>();
        let expected = 0;
        for (const [id, pause] of sends) {
          const last = accepted.get(id);
          if (last === undefined || sqs.kernel.now() - last >= 300_000) {
            accepted.set(id, sqs.kernel.now());
            expected += 1;
          }
          queue.send(String(id), { MessageGroupId: 'g', MessageDeduplicationId: String(id) });
          await sqs.kernel.advance(pause);
        }
        expect(queue.counts()[0]).toBe(expected);
      }),
      { numRuns: 100 },
    );
  });
});
