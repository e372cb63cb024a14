import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  documentClient,
  dropParked,
  type EffectRun,
  NotDone,
  type OnUnknown,
  settleSideEffect,
  sideEffect,
} from '../../../lambdas/runtime/index.ts';
import { decideEffect, type EffectRecord } from '../../../lambdas/runtime/side-effect/record.ts';
import { TestCloud } from '../consumer/cloud.ts';

process.env.MILLRACE_SIDE_EFFECT_TABLE = 'effects';
process.env.MILLRACE_PARKING_TABLE = 'parking';

let cloud: TestCloud;
let runs: EffectRun[];

beforeEach(() => {
  cloud = new TestCloud();
  cloud.table('effects');
  cloud.table('parking', ['pk', 'sk']);
  runs = [];
  vi.useFakeTimers({ toFake: ['Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const charge = (onUnknown: OnUnknown) => sideEffect({ name: 'charge', onUnknown, leaseSeconds: 60 });
const pass = async (run: EffectRun): Promise<string> => {
  runs.push(run);
  return `receipt ${runs.length}`;
};
/** A call takes effect, and the SDK makes it again because it hears nothing. */
const loseFirstAnswerTo = (operation: string): void => {
  let lost = false;
  cloud.faults = (call) => {
    if (lost || call.operation !== operation) return undefined;
    lost = true;
    return 'repeat';
  };
};
const later = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1_000);
};

describe.each<OnUnknown>(['retry', 'park'])('a side effect, on unknown: %s', (onUnknown) => {
  it('happens once, and its result is replayed', async () => {
    expect(await charge(onUnknown).run('k', pass)).toBe('receipt 1');
    expect(await charge(onUnknown).run('k', pass)).toBe('receipt 1');
    expect(await charge(onUnknown).run('other', pass)).toBe('receipt 2');
    expect(runs.map(({ key, fencingToken }) => [key, fencingToken])).toEqual([
      ['k', 1],
      ['other', 1],
    ]);
  });

  it('does not begin while somebody else is at it', async () => {
    await charge(onUnknown).run('k', async () => {
      await expect(charge(onUnknown).run('k', pass)).rejects.toMatchObject({ code: 'MILLRACE_EFFECT_BUSY' });
      return 'mine';
    });
    expect(runs).toEqual([]);
    expect(await charge(onUnknown).run('k', pass)).toBe('mine');
  });

  it('gives the lease back when it certainly did not happen', async () => {
    const refused = charge(onUnknown).run('k', () => Promise.reject(new NotDone('connection refused')));
    await expect(refused).rejects.toThrow('connection refused');
    expect(await charge(onUnknown).run('k', pass)).toBe('receipt 1');
    expect(await cloud.items('parking')).toEqual([]);
  });

  it('counts on when the lease was given back: an earlier holder that is late matches nobody', async () => {
    const tokens: number[] = [];
    const refused = charge(onUnknown).run('k', ({ fencingToken }) => {
      tokens.push(fencingToken);
      return Promise.reject(new NotDone('connection refused'));
    });
    await expect(refused).rejects.toThrow('connection refused');
    await charge(onUnknown).run('k', async ({ fencingToken }) => tokens.push(fencingToken));
    expect(tokens).toEqual([1, 2]);
  });

  it('knows its own lease again when the answer to taking it was lost', async () => {
    loseFirstAnswerTo('UpdateItem');
    expect(await charge(onUnknown).run('k', pass)).toBe('receipt 1');
    expect(runs).toHaveLength(1);
  });

  it('is given back each time as JSON carries it', async () => {
    const at = new Date(0);
    const first = await charge(onUnknown).run('k', async () => ({ at, none: undefined, not: Number.NaN }));
    expect(first).toEqual({ at: '1970-01-01T00:00:00.000Z', not: null });
    expect(await charge(onUnknown).run('k', pass)).toEqual(first);
    expect(await charge(onUnknown).run('nothing', async () => undefined)).toBeUndefined();
    expect(await charge(onUnknown).run('nothing', pass)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['is too large', 'x'.repeat(500_000)],
    ['is no JSON', { cents: 1n }],
    ['holds a number that DynamoDB does not', 1e300],
  ])('is done, and does not run again, when its result %s', async (_, result) => {
    expect(await charge(onUnknown).run('k', async () => result)).toEqual(result);
    await expect(charge(onUnknown).run('k', pass)).rejects.toMatchObject({ code: 'MILLRACE_EFFECT_RESULT_LOST' });
    expect(runs).toEqual([]);
    expect(await cloud.items('parking')).toEqual([]);
  });

  it('of which one was chosen among many at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => charge(onUnknown).run('k', pass)));
    expect(runs).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'MILLRACE_EFFECT_BUSY' });
      else expect(result.value).toBe('receipt 1');
    }
  });
});

describe('a side effect whose outcome is unknown', () => {
  const dieIn = (onUnknown: OnUnknown) =>
    cloud.run(() =>
      charge(onUnknown).run('k', async () => {
        cloud.faults = () => 'crash-before';
        return 'lost';
      }),
    );

  it.each([
    ['certainly did not happen', new NotDone('connection refused')],
    ['failed', new Error('connection reset')],
  ])('leaves the lease of its next holder alone when a holder that was too slow %s', async (_, error) => {
    let begun = () => {};
    let giveUp: (reason: Error) => void = () => {};
    const began = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = charge('retry').run('k', () => {
      begun();
      return new Promise<never>((_resolve, reject) => {
        giveUp = reject;
      });
    });
    await began;
    later(61);
    await charge('retry').run('k', async () => {
      giveUp(error);
      await expect(slow).rejects.toThrow(error.message);
      await expect(charge('retry').run('k', pass)).rejects.toMatchObject({ code: 'MILLRACE_EFFECT_BUSY' });
    });
    expect(runs).toEqual([]);
  });

  it('runs again under a new token after its lease, when its author said retry', async () => {
    expect(await dieIn('retry')).toBe('crashed');
    cloud.faults = () => undefined;
    await expect(charge('retry').run('k', pass)).rejects.toMatchObject({ code: 'MILLRACE_EFFECT_BUSY' });
    later(61);
    expect(await charge('retry').run('k', pass)).toBe('receipt 1');
    expect(runs[0]?.fencingToken).toBe(2);
  });

  it('is parked with its payload, and never runs again, when its author said park', async () => {
    expect(await dieIn('park')).toBe('crashed');
    cloud.faults = () => undefined;
    later(61);
    await expect(charge('park').run('k', pass, { amount: 5 })).rejects.toMatchObject({ code: 'MILLRACE_EFFECT_UNKNOWN' });
    await expect(charge('park').run('k', pass)).rejects.toMatchObject({ code: 'MILLRACE_EFFECT_UNKNOWN' });
    expect(runs).toEqual([]);
    expect(await cloud.items('parking')).toMatchObject([
      { pk: 'side-effect#charge', sk: 'k', reason: 'no-answer', payload: '{"amount":5}' },
    ]);
  });

  it('is parked at once when it throws and nobody knows', async () => {
    await expect(charge('park').run('k', () => Promise.reject(new Error('socket hang up')))).rejects.toThrow('socket hang up');
    expect(await cloud.items('parking')).toMatchObject([{ detail: expect.stringContaining('socket hang up') }]);
  });

  it('leaves the result of its successor alone when it overruns its lease', async () => {
    const slow = charge('retry').run('k', async () => {
      later(61);
      expect(await charge('retry').run('k', async () => 'second')).toBe('second');
      return 'first';
    });
    expect(await slow).toBe('second');
    expect(await charge('retry').run('k', pass)).toBe('second');
  });

  it('is not run by an owner that fails after it lost its lease', async () => {
    const slow = charge('retry').run('k', async () => {
      later(61);
      await charge('retry').run('k', async () => 'second');
      throw new NotDone('too late to matter');
    });
    await expect(slow).rejects.toThrow('too late to matter');
    // The rejected owner has not deleted the record of the run that followed it.
    expect(await charge('retry').run('k', pass)).toBe('second');
  });
});

describe('a side effect that overran its lease and comes back with its answer', () => {
  const overrun = (onUnknown: OnUnknown, meanwhile: () => Promise<unknown>) =>
    charge(onUnknown).run('k', async () => {
      later(61);
      await meanwhile();
      return 'late';
    });

  it('is done after all, though it was parked', async () => {
    const slow = overrun('park', () => expect(charge('park').run('k', pass)).rejects.toMatchObject({ code: 'MILLRACE_EFFECT_UNKNOWN' }));
    expect(await slow).toBe('late');
    expect(await cloud.items('parking')).toEqual([]);
    expect(await cloud.items('effects')).toMatchObject([{ state: 'done', result: 'late', expiresAt: expect.any(Number) }]);
  });

  it('is done, when its successor certainly did nothing', async () => {
    const refusing = () => expect(charge('retry').run('k', () => Promise.reject(new NotDone('busy')))).rejects.toThrow('busy');
    expect(await overrun('retry', refusing)).toBe('late');
    expect(await charge('retry').run('k', pass)).toBe('late');
  });

  it('does not pass for the holder that came after its successor', async () => {
    let third: Promise<unknown> | undefined;
    const slow = overrun('retry', async () => {
      await expect(charge('retry').run('k', () => Promise.reject(new NotDone('busy')))).rejects.toThrow('busy');
      third = cloud.run(() => charge('retry').run('k', () => new Promise<string>(() => {})));
      while ((await cloud.item('effects', { pk: 'side-effect#charge#k' }))?.fence !== 3);
    });
    await expect(slow).rejects.toMatchObject({ code: 'MILLRACE_EFFECT_BUSY' });
    expect(third).toBeDefined();
    expect(await cloud.item('effects', { pk: 'side-effect#charge#k' })).toMatchObject({ state: 'started', fence: 3 });
  });
});

describe('a parked side effect that people settle', () => {
  const place = () => ({ client: documentClient(), sideEffectTable: 'effects', parkingTable: 'parking' });
  beforeEach(async () => {
    await expect(charge('park').run('k', () => Promise.reject(new Error('socket hang up')))).rejects.toThrow('socket hang up');
  });

  it('happened: its result is replayed', async () => {
    expect(await settleSideEffect(place(), 'charge', 'k', { result: 'receipt 7' })).toEqual({ ok: true });
    expect(await charge('park').run('k', pass)).toBe('receipt 7');
    expect(await cloud.items('parking')).toEqual([]);
    expect(await cloud.items('effects')).toMatchObject([{ expiresAt: expect.any(Number) }]);
  });

  it('did not happen: it runs again under a greater token', async () => {
    expect(await settleSideEffect(place(), 'charge', 'k', 'not-done')).toEqual({ ok: true });
    expect(await charge('park').run('k', pass)).toBe('receipt 1');
    expect(runs[0]?.fencingToken).toBe(2);
    expect(await cloud.items('parking')).toEqual([]);
  });

  it('can be settled after its entry was dropped', async () => {
    await dropParked({ ...place(), headsTable: 'effects', send: async () => {} }, 'side-effect#charge', 'k');
    expect(await settleSideEffect(place(), 'charge', 'k', 'not-done')).toEqual({ ok: true });
    expect(await charge('park').run('k', pass)).toBe('receipt 1');
  });

  it('is settled once, and only when it is parked', async () => {
    await settleSideEffect(place(), 'charge', 'k', { result: 'receipt 7' });
    expect(await settleSideEffect(place(), 'charge', 'k', 'not-done')).toEqual({ ok: false, reason: 'not-parked' });
    expect(await settleSideEffect(place(), 'charge', 'other', 'not-done')).toEqual({ ok: false, reason: 'not-parked' });
    expect(await charge('park').run('k', pass)).toBe('receipt 7');
  });
});

describe('the decision about an effect', () => {
  it('never begins under a lease that holds, nor after it is done', () => {
    const records = fc.record({
      state: fc.constantFrom<EffectRecord['state']>('started', 'free', 'done', 'parked'),
      fence: fc.nat(),
      holder: fc.string(),
      leaseUntil: fc.nat(1_000),
    });
    fc.assert(
      fc.property(records, fc.constantFrom<OnUnknown>('retry', 'park'), fc.nat(1_000), (known, onUnknown, now) => {
        const decision = decideEffect(known, onUnknown, now);
        const over = known.state === 'started' && onUnknown === 'retry' && now > known.leaseUntil;
        expect(decision === 'begin').toBe(known.state === 'free' || over);
        if (known.state === 'done') expect(decision).toBe('replay');
      }),
    );
  });
});
