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
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), group: fc.nat(1), delay: fc.nat(20), again: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 10 }), visibility: fc.nat(15) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'release' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat(20_000) }) },
);

interface Run {
  readonly sent: string[];
  readonly deleted: Set<string>;
}

/** Sees what happens as it happens, by the bodies of messages. */
interface Watcher {
  sent?(body: string): void;
  received?(bodies: string[]): void;
  deleted?(body: string): void;
}

/** Plays the steps against a queue, of which nothing may be received while it is hidden. Refused deletes count as not done. */
async function play(sqs: TestSqs, queue: TestQueue, fifo: boolean, steps: readonly Step[], watcher: Watcher = {}): Promise<Run> {
  const run: Run = { sent: [], deleted: new Set() };
  const held: Message[] = [];
  const hiddenUntil = new Map<string | undefined, number>();
  for (const next of steps) {
    if (next.do === 'send') {
      const known = next.again ? run.sent.at(-1) : undefined;
      const body = known ?? `${next.group}/${run.sent.length}`;
      const group = body.split('/')[0] ?? '';
      queue.send(body, fifo ? { MessageGroupId: group, MessageDeduplicationId: body } : { DelaySeconds: next.delay });
      if (known === undefined || !fifo) {
        run.sent.push(body);
        watcher.sent?.(body);
      }
    } else if (next.do === 'receive') {
      const messages = queue.receive({ MaxNumberOfMessages: next.max, VisibilityTimeout: next.visibility });
      const now = sqs.kernel.now();
      for (const { MessageId } of messages) {
        expect(hiddenUntil.get(MessageId) ?? 0).toBeLessThanOrEqual(now);
        hiddenUntil.set(MessageId, now + 1000 * next.visibility);
      }
      watcher.received?.(messages.map((message) => message.Body ?? ''));
      held.push(...messages);
    } else if (next.do === 'advance') {
      await sqs.kernel.advance(next.ms);
    } else {
      const [message] = held.splice(next.which % Math.max(held.length, 1), 1);
      if (!message) continue;
      try {
        if (next.do === 'release') {
          queue.hide(message, 0);
          hiddenUntil.delete(message.MessageId);
        } else {
          const before = total(queue);
          queue.delete(message);
          if (total(queue) === before) continue;
          run.deleted.add(message.MessageId ?? '');
          watcher.deleted?.(message.Body ?? '');
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

  it('keeps the order of each group: what is received comes behind nothing that is still there, except in the same answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
        const sqs = new TestSqs();
        const queue = sqs.create('orders.fifo');
        const there = new Set<string>();
        await play(sqs, queue, true, steps, {
          sent: (body) => there.add(body),
          deleted: (body) => there.delete(body),
          received: (bodies) => {
            for (const [at, body] of bodies.entries()) {
              const before = [...there].slice(0, [...there].indexOf(body)).filter((other) => other[0] === body[0]);
              expect(bodies.slice(0, at)).toEqual(expect.arrayContaining(before));
            }
            expect(new Set(bodies).size).toBe(bodies.length);
          },
        });
      }),
      { numRuns: 150 },
    );
  });

  it('shows each message again when its time is up, however others were hidden, shown and deleted', async () => {
    const second = fc.integer({ min: 1, max: 60 });
    const fate = fc.record({ visibility: second, change: fc.option(second, { nil: undefined }), deleted: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 80 }), async (fates) => {
        const sqs = new TestSqs();
        const queue = sqs.create('jobs');
        const messages = fates.map(({ visibility }, index) => {
          queue.send(String(index));
          return queue.receive({ VisibilityTimeout: visibility })[0];
        });
        for (const [index, { change, deleted }] of fates.entries()) {
          if (deleted) queue.delete(messages[index]);
          else if (change !== undefined) queue.hide(messages[index], change);
        }
        const due = fates.filter(({ deleted }) => !deleted).map(({ visibility, change }) => change ?? visibility);
        for (let elapsed = 1; elapsed <= 60; elapsed += 1) {
          await sqs.kernel.advance(1000);
          expect(queue.counts()[0]).toBe(due.filter((seconds) => seconds <= elapsed).length);
        }
      }),
      { numRuns: 30 },
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
