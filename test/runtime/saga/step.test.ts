import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { BusinessFailure, executionName, type SagaInvocation, type SagaStepDefinition, sagaStep } from '../../../lambdas/runtime/index.ts';
import { type Fault, lambdaContext, TestCloud } from '../consumer/cloud.ts';

process.env.MILLRACE_SAGA_TABLE = 'saga';

const invocation = (direction: 'act' | 'compensate', more: Partial<SagaInvocation> = {}): SagaInvocation => ({
  saga: 'Bookings',
  sagaId: 'b-1',
  step: 'reserveSeat',
  kind: 'compensatable',
  direction,
  key: 'Bookings/b-1/reserveSeat',
  attempt: 0,
  input: { seats: 2 },
  ...more,
});

interface Seats {
  readonly seats: number;
}

const seats = (by: number) => ({
  Update: {
    TableName: 'flights',
    Key: { pk: 'f-1' },
    UpdateExpression: 'ADD taken :by',
    ExpressionAttributeValues: { ':by': by },
  },
});

const reserve = sagaStep<Seats, Seats>({
  action: ({ input, write }) => {
    write(seats(input.seats));
    return { seats: input.seats };
  },
  compensate: ({ output, write }) => write(seats(-(output?.seats ?? 0))),
});

let cloud: TestCloud;

function makeCloud(seed = 1): TestCloud {
  const made = new TestCloud(seed);
  made.table('saga');
  made.table('flights');
  return made;
}

const taken = async (): Promise<number> => Number((await cloud.item('flights', { pk: 'f-1' }))?.taken ?? 0);

beforeEach(() => {
  cloud = makeCloud();
});

describe('a step of a saga', () => {
  it('acts once and answers the same whenever it is tried again', async () => {
    const first = await reserve(invocation('act'), lambdaContext);
    expect(first).toEqual({ sagaOutcome: 'done', output: { seats: 2 } });
    expect(await reserve(invocation('act', { attempt: 1 }), lambdaContext)).toEqual(first);
    expect(await taken()).toBe(2);
  });

  it('takes back what it did, once', async () => {
    await reserve(invocation('act'), lambdaContext);
    await reserve(invocation('compensate'), lambdaContext);
    await reserve(invocation('compensate', { attempt: 1 }), lambdaContext);
    expect(await taken()).toBe(0);
  });

  it('never acts after its compensation, and takes nothing back that did not happen', async () => {
    expect(await reserve(invocation('compensate'), lambdaContext)).toEqual({ sagaOutcome: 'done' });
    expect(await taken()).toBe(0);
    expect(await reserve(invocation('act'), lambdaContext)).toEqual({ sagaOutcome: 'failed', reason: 'compensated' });
    expect(await taken()).toBe(0);
  });

  it('refuses for a reason of the business, and keeps to that', async () => {
    let full = true;
    const handler = sagaStep<Seats, string>({
      action: ({ write }) => {
        write(seats(1));
        if (full) throw new BusinessFailure('flight-full', { left: 0 });
        return 'done';
      },
    });
    const refusal = { sagaOutcome: 'failed', reason: 'flight-full', detail: { left: 0 } };
    expect(await handler(invocation('act'), lambdaContext)).toEqual(refusal);
    full = false;
    expect(await handler(invocation('act'), lambdaContext)).toEqual(refusal);
    expect(await taken()).toBe(0);
    await handler(invocation('compensate'), lambdaContext);
    expect(await taken()).toBe(0);
  });

  it('may not refuse after the point of no return', async () => {
    const handler = sagaStep({
      action: () => {
        throw new BusinessFailure('no-points');
      },
    });
    await expect(handler(invocation('act', { kind: 'retriable' }), lambdaContext)).rejects.toThrow(/cannot refuse \(no-points\)/);
  });

  it('runs again when a condition of its own writes fails', async () => {
    let runs = 0;
    const handler = sagaStep({
      action: ({ write }) => {
        runs += 1;
        write({
          ...seats(1),
          Update: { ...seats(1).Update, ConditionExpression: runs < 3 ? 'attribute_exists(nothing)' : 'attribute_not_exists(nothing)' },
        });
      },
    });
    expect(await handler(invocation('act'), lambdaContext)).toEqual({ sagaOutcome: 'done' });
    expect(runs).toBe(3);
    expect(await taken()).toBe(1);
  });

  it('has taken effect or not, never half or twice, whatever runs at once, is killed or comes late', async () => {
    const script = fc.record({
      seed: fc.integer({ min: 1, max: 1e9 }),
      // Calls in order; those of one group run at once.
      groups: fc.array(fc.array(fc.constantFrom('act', 'compensate'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      faults: fc.array(fc.constantFrom<Fault | undefined>(undefined, undefined, undefined, 'crash-before', 'crash-after', 'conflict'), {
        maxLength: 12,
      }),
    });
    await fc.assert(
      fc.asyncProperty(script, async ({ seed, groups, faults }) => {
        cloud = makeCloud(seed);
        cloud.faults = (_call, count) => faults[count - 1];
        let compensated = false;
        for (const group of groups) {
          await Promise.all(
            group.map(async (direction) => {
              const answer = await cloud.run(() =>
                reserve(invocation(direction as 'act' | 'compensate'), lambdaContext).catch(() => 'crashed' as const),
              );
              if (direction === 'compensate' && answer !== 'crashed') compensated = true;
            }),
          );
          const now = await taken();
          expect([0, 2]).toContain(now);
          // Once a compensation has answered, nothing of the action is left, nor ever comes.
          if (compensated) expect(now).toBe(0);
        }
        await cloud.quietly(() => reserve(invocation('compensate'), lambdaContext));
        expect(await taken()).toBe(0);
        await cloud.quietly(() => reserve(invocation('act'), lambdaContext));
        expect(await taken()).toBe(0);
      }),
      { numRuns: 80 },
    );
  });
});

describe('a step with effects outside', () => {
  /** Another company's books, idempotent by key. */
  class Bank {
    readonly held = new Map<string, number>();
    readonly voided = new Set<string>();
  }
  let bank: Bank;
  let during: () => Promise<void>;

  const definition: SagaStepDefinition<Seats, { hold: string }> = {
    effects: 'outside',
    action: async ({ key }) => {
      bank.held.set(key, 100);
      await during();
      return { hold: key };
    },
    compensate: ({ key }) => {
      bank.voided.add(key);
      bank.held.delete(key);
    },
  };
  const pay = sagaStep(definition);

  beforeEach(() => {
    bank = new Bank();
    during = async () => {};
  });

  it('is taken back when nobody knows whether it happened', async () => {
    during = () => Promise.reject(new Error('no answer'));
    await expect(pay(invocation('act'), lambdaContext)).rejects.toThrow('no answer');
    expect(bank.held.size).toBe(1);
    await pay(invocation('compensate'), lambdaContext);
    expect(bank.held.size).toBe(0);
  });

  it('takes itself back when it comes after its compensation', async () => {
    during = async () => {
      // The saga has given up waiting, and compensates.
      await pay(invocation('compensate'), lambdaContext);
      // The hold is placed late.
      bank.held.set('Bookings/b-1/reserveSeat', 100);
    };
    expect(await pay(invocation('act'), lambdaContext)).toEqual({ sagaOutcome: 'failed', reason: 'compensated' });
    expect(bank.held.size).toBe(0);
  });

  it('says so when it can not be taken back, after trying again', async () => {
    let refunds = 0;
    const late = sagaStep({
      ...definition,
      compensate: ({ output, write }) => {
        if (!output) return;
        refunds += 1;
        write({
          ...seats(-1),
          Update: { ...seats(-1).Update, ConditionExpression: refunds < fits ? 'attribute_exists(pk)' : 'attribute_not_exists(pk)' },
        });
      },
    });
    during = async () => {
      await late(invocation('compensate'), lambdaContext);
    };
    let fits = 2;
    expect(await late(invocation('act'), lambdaContext)).toEqual({ sagaOutcome: 'failed', reason: 'compensated' });
    expect([refunds, await taken()]).toEqual([2, -1]);

    cloud = makeCloud();
    [refunds, fits] = [0, 9];
    await expect(late(invocation('act'), lambdaContext)).rejects.toThrow(/could not be taken back/);
    expect(refunds).toBe(3);
  });

  it('does not call outside once its compensation has begun', async () => {
    await pay(invocation('compensate'), lambdaContext);
    await pay(invocation('act'), lambdaContext);
    expect(bank.held.size).toBe(0);
  });

  it('is compensated again when its compensation was killed in the middle', async () => {
    await pay(invocation('act'), lambdaContext);
    let count = 0;
    cloud.faults = (call) => {
      if (call.operation === 'UpdateItem') count += 1;
      return call.operation === 'UpdateItem' && count === 2 ? 'crash-before' : undefined;
    };
    expect(await cloud.run(() => pay(invocation('compensate'), lambdaContext))).toBe('crashed');
    cloud.faults = () => undefined;
    expect(await pay(invocation('compensate'), lambdaContext)).toEqual({ sagaOutcome: 'done' });
    expect(bank.held.size).toBe(0);
    expect(await cloud.item('saga', { pk: 'Bookings/b-1/reserveSeat' })).toMatchObject({ tombstone: 'done' });
  });
});

describe('the name of an execution', () => {
  it('is the subject where Step Functions allows that', () => {
    expect(executionName('bk-1_A')).toBe('bk-1_A');
  });

  it('is allowed, and its own, for every subject', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), fc.string({ minLength: 1, maxLength: 200 }), (a, b) => {
        expect(executionName(a)).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
        expect(executionName(a) === executionName(b)).toBe(a === b);
      }),
    );
  });
});
