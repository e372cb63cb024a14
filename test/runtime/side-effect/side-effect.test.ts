import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EffectRun, NotDone, type OnUnknown, sideEffect } from '../../../lambdas/runtime/index.ts';
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

describe('the decision about an effect', () => {
  it('never begins under a lease that holds, nor after it is done', () => {
    const records = fc.record({
      state: fc.constantFrom<EffectRecord['state']>('started', 'done', 'parked'),
      fence: fc.nat(),
      leaseUntil: fc.nat(1_000),
    });
    fc.assert(
      fc.property(records, fc.constantFrom<OnUnknown>('retry', 'park'), fc.nat(1_000), (known, onUnknown, now) => {
        const decision = decideEffect(known, onUnknown, now);
        expect(decision === 'begin').toBe(known.state === 'started' && onUnknown === 'retry' && now > known.leaseUntil);
        if (known.state === 'done') expect(decision).toBe('replay');
      }),
    );
  });
});
