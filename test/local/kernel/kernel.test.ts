import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError, Kernel, type Service, type ServiceCall } from '../../../local/kernel/index.ts';

const START = Date.UTC(2026, 0, 1);

function echo(answer: (operation: string, input: object) => object): Service {
  return { name: 'sqs', invoke: answer };
}

describe('virtual time', () => {
  it('runs tasks in the order of their times, and those of one instant in the order they came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 30 }), async (delays) => {
        const kernel = new Kernel();
        const ran: { delay: number; index: number; at: number }[] = [];
        delays.forEach((delay, index) => {
          kernel.after(delay, () => ran.push({ delay, index, at: kernel.now() - START }));
        });
        await kernel.settle();
        const expected = delays.map((delay, index) => ({ delay, index, at: delay })).sort((a, b) => a.delay - b.delay || a.index - b.index);
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('moves on by exactly what it is told, and no task later than that runs', async () => {
    const kernel = new Kernel();
    const ran: number[] = [];
    for (const ms of [10, 20, 30]) kernel.after(ms, () => ran.push(ms));
    await kernel.advance(25);
    expect([kernel.now() - START, ran]).toEqual([25, [10, 20]]);
  });

  it('a cancelled task never runs', async () => {
    const kernel = new Kernel();
    let ran = false;
    kernel
      .after(5, () => {
        ran = true;
      })
      .cancel();
    await kernel.advance(10);
    expect(ran).toBe(false);
  });

  it('settles past daemon tasks: they run while others wait, and keep nobody waiting', async () => {
    const kernel = new Kernel();
    let ticks = 0;
    const tick = (): void => {
      ticks += 1;
      kernel.after(1000, tick, { daemon: true });
    };
    tick();
    kernel.after(3500, () => {});
    await kernel.settle();
    expect([ticks, kernel.now() - START]).toEqual([4, 3500]);
  });

  it('says what is left when it does not settle', async () => {
    const kernel = new Kernel();
    kernel.after(10_000, () => {}, { label: 'a late retry' });
    await expect(kernel.settle(5_000)).rejects.toThrow(/Not settled within 5000 ms. Scheduled: a late retry at 2026-01-01T00:00:10/);
  });

  it('does not pass a running handler by', async () => {
    const kernel = new Kernel();
    const hold = kernel.hold('function f');
    const seen: string[] = [];
    kernel.after(1000, () => seen.push(`task at ${kernel.now() - START}`));
    setTimeout(() => {
      seen.push(`handler at ${kernel.now() - START}`);
      hold.release();
    }, 20);
    await kernel.advance(2000);
    expect(seen).toEqual(['handler at 0', 'task at 1000']);
  });

  it('a task that throws is a fault of the cloud and is not swallowed', async () => {
    const kernel = new Kernel();
    kernel.after(1, () => {
      throw new Error('broken service');
    });
    await expect(kernel.advance(5)).rejects.toThrow('broken service');
  });
});

describe('waiting for an answer', () => {
  it('moves time on only as far as the answer takes, for many callers at once', async () => {
    const kernel = new Kernel();
    const answerAfter = (ms: number): Promise<number> =>
      kernel.until(
        new Promise((resolve) => {
          kernel.after(ms, () => resolve(kernel.now() - START));
        }),
      );
    kernel.after(10_000, () => {});
    const answers = Promise.all([answerAfter(300), answerAfter(100), answerAfter(200)]);
    const advanced = kernel.advance(150).then(() => kernel.now() - START);
    expect([await answers, await advanced, kernel.now() - START]).toEqual([[300, 100, 200], 150, 300]);
  });

  it('says so when the answer can never come', async () => {
    await expect(new Kernel().until(new Promise(() => {}))).rejects.toThrow('nothing left to do');
  });
});

describe('calls', () => {
  it('take effect when their turn comes, not when they are made', async () => {
    const kernel = new Kernel();
    const effects: string[] = [];
    kernel.register(
      echo((operation) => {
        effects.push(operation);
        return { operation };
      }),
    );
    const answer = kernel.call({ service: 'sqs', operation: 'SendMessage', input: {} });
    expect(effects).toEqual([]);
    await kernel.settle();
    expect([effects, await answer]).toEqual([['SendMessage'], { operation: 'SendMessage' }]);
  });

  it('an interceptor can refuse a call before it takes effect, or lose its answer after', async () => {
    const kernel = new Kernel();
    let effects = 0;
    kernel.register(
      echo(() => {
        effects += 1;
        return {};
      }),
    );
    const call: ServiceCall = { service: 'sqs', operation: 'SendMessage', input: {} };
    const stop = kernel.intercept({
      before: () => {
        throw new AwsError('ThrottlingException', 'Rate exceeded');
      },
    });
    const refused = kernel.call(call).catch((error: AwsError) => error.code);
    await kernel.settle();
    stop();
    kernel.intercept({
      after: () => {
        throw new AwsError('InternalFailure', 'lost', { fault: 'server' });
      },
    });
    const lost = kernel.call(call).catch((error: AwsError) => error.code);
    await kernel.settle();
    expect([await refused, await lost, effects]).toEqual(['ThrottlingException', 'InternalFailure', 1]);
  });

  it('an answer can be late: the effect is there long before', async () => {
    const kernel = new Kernel();
    let effectAt = -1;
    kernel.register(
      echo(() => {
        effectAt = kernel.now() - START;
        return {};
      }),
    );
    kernel.intercept({ delay: () => 1_000, delayAnswer: () => 60_000 });
    await kernel.until(kernel.call({ service: 'sqs', operation: 'SendMessage', input: {} }));
    expect([effectAt, kernel.now() - START]).toEqual([1_000, 61_000]);
  });

  it('a service that is not there is named', () => {
    expect(() => new Kernel().invoke({ service: 'sns', operation: 'Publish', input: {} })).toThrow("no service 'sns'");
  });
});

describe('the seed', () => {
  it('decides every number', () => {
    const run = (seed: number): string => {
      const kernel = new Kernel({ seed });
      return [kernel.uuid(), kernel.random(), kernel.uuid()].join();
    };
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });

  it('decides between tasks of one instant when told to', async () => {
    const order = async (seed: number): Promise<string> => {
      const kernel = new Kernel({ seed, ties: 'seeded' });
      const ran: number[] = [];
      for (let i = 0; i < 12; i += 1) kernel.after(5, () => ran.push(i));
      await kernel.settle();
      return ran.join();
    };
    expect(await order(3)).toBe(await order(3));
    expect(new Set(await Promise.all([1, 2, 3, 4].map(order))).size).toBeGreaterThan(1);
  });
});

describe('real time', () => {
  it('is not settled while somebody who was just answered goes on', async () => {
    const kernel = new Kernel({ time: 'real' });
    kernel.start();
    const hold = kernel.hold('first');
    let done = false;
    const work = (async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      hold.release();
      for (let i = 0; i < 5; i += 1) await undefined;
      kernel.after(20, () => {
        done = true;
      });
    })();
    await kernel.settle();
    await work;
    await kernel.stop();
    expect(done).toBe(true);
  });

  it('runs what is due, and settles when nothing is left', async () => {
    const kernel = new Kernel({ time: 'real' });
    kernel.start();
    const ran: string[] = [];
    kernel.after(15, () => ran.push('second'));
    kernel.after(1, () => ran.push('first'));
    kernel.after(3_600_000, () => ran.push('never'), { daemon: true });
    await kernel.settle();
    await kernel.stop();
    expect(ran).toEqual(['first', 'second']);
  });
});
