import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineEvent } from '../../../lambdas/contracts/index.ts';
import { idFrom } from '../../../lambdas/runtime/idempotency/index.ts';
import { commitAll, OutboxError } from '../../../lambdas/runtime/outbox/index.ts';
import { Actor, Counted, correlation, SHARDS, TABLE, World } from './world.ts';

let world: World;
beforeEach(() => {
  vi.stubEnv('MILLRACE_OUTBOX_TABLE', TABLE);
  vi.stubEnv('MILLRACE_OUTBOX_SHARDS', String(SHARDS));
  // No backoff: retries follow at once.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  world = new World();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const event = (id: string, n: number) => Counted.draft({ id, n });
const isWrite = (operation: string) => /^(PutItem|UpdateItem|TransactWriteItems)$/.test(operation);

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof OutboxError ? error.code : error),
  );
}

async function seed(id: string, n = 1): Promise<void> {
  const actor = new Actor(world);
  await world.result(actor, actor.counters().commit({ id, expected: 'new', state: { n }, events: [event(id, n)], correlation }));
}

describe('outbox.commit', () => {
  it('writes state and events in one write', async () => {
    const actor = new Actor(world);
    const result = await world.result(
      actor,
      actor.counters().commit({ id: 'a', expected: 'new', state: { n: 2 }, events: [event('a', 1), event('a', 2)], correlation }),
    );
    expect(result).toMatchObject({ ok: true, version: 1, repeated: false });
    expect(actor.calls.map(({ operation }) => operation)).toEqual(['PutItem']);
    expect(world.item('a')).toMatchObject({ state: { M: { n: { N: '2' } } }, version: { N: '1' }, sequence: { N: '2' } });
    expect(world.pendingOf('a')).toEqual(result.ok ? result.events : []);
    expect(world.pendingOf('a').map(({ id, sequence, correlationid }) => [id, sequence, correlationid])).toEqual([
      ['test/a/1', '1', 'flow-1'],
      ['test/a/2', '2', 'flow-1'],
    ]);
  });

  it('changes an aggregate that nobody else has changed, and appends to the events that wait', async () => {
    await seed('a');
    const actor = new Actor(world);
    const counters = actor.counters();
    const loaded = await world.result(actor, counters.load('a'));
    if (!loaded) throw new Error('not there');
    const result = await world.result(
      actor,
      counters.commit({ id: 'a', expected: loaded, state: { n: 2 }, events: [event('a', 2)], correlation }),
    );
    expect(result).toMatchObject({ ok: true, version: 2 });
    expect(actor.calls.map(({ operation }) => operation)).toEqual(['GetItem', 'UpdateItem']);
    expect(world.pendingOf('a').map(({ sequence }) => sequence)).toEqual(['1', '2']);
    const stale = await world.result(
      actor,
      counters.commit({ id: 'a', expected: loaded, state: { n: 9 }, events: [event('a', 9)], correlation }),
    );
    expect(stale).toMatchObject({ ok: false, reason: 'conflict', current: { state: { n: 2 }, version: 2, sequence: 2 } });
    expect(world.pendingOf('a')).toHaveLength(2);
  });

  it('takes a bare version, for one more read', async () => {
    await seed('a');
    const actor = new Actor(world);
    const counters = actor.counters();
    expect(await world.result(actor, counters.commit({ id: 'a', expected: 1, state: { n: 2 }, correlation }))).toMatchObject({
      ok: true,
      version: 2,
    });
    expect(await world.result(actor, counters.commit({ id: 'a', expected: 1, state: { n: 3 }, correlation }))).toMatchObject({
      ok: false,
      reason: 'conflict',
    });
    expect(await world.result(actor, counters.commit({ id: 'none', expected: 1, state: { n: 3 }, correlation }))).toEqual({
      ok: false,
      reason: 'conflict',
      current: undefined,
    });
  });

  it('lets one of two win that create or change at once', async () => {
    const actors = Array.from({ length: 5 }, () => new Actor(world));
    const created = actors.map((actor, n) => ({
      actor,
      work: actor.counters().commit({ id: 'a', expected: 'new', state: { n }, events: [event('a', n)], correlation }),
    }));
    await world.run(...created);
    const results = await Promise.all(created.map(({ work }) => work));
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(world.pendingOf('a')).toHaveLength(1);
  });

  it('keeps states of several kinds apart by prefix', async () => {
    const actor = new Actor(world);
    const books = actor.counters('book#');
    await world.result(actor, books.commit({ id: 'a', expected: 'new', state: { n: 1 }, events: [event('a', 1)], correlation }));
    expect(world.item('book#a')).toBeDefined();
    expect(await world.result(actor, books.load('a'))).toMatchObject({ id: 'a', state: { n: 1 } });
    expect(await world.result(actor, actor.counters().load('a'))).toBeUndefined();
  });

  describe('with an idempotency key', () => {
    const key = { key: 'k-1', fingerprint: 'same', id: idFrom('k-1') };
    const create = (actor: Actor, fingerprint = 'same') =>
      actor.counters().commit({
        id: key.id,
        expected: 'new',
        state: { n: 1 },
        events: [event(key.id, 1)],
        idempotency: { ...key, fingerprint },
        correlation,
      });

    it('creates once; the same request again finds what it created', async () => {
      const actor = new Actor(world);
      expect(await world.result(actor, create(actor))).toMatchObject({ ok: true });
      expect(await world.result(actor, create(actor))).toMatchObject({
        ok: false,
        reason: 'duplicate',
        current: { id: key.id, state: { n: 1 } },
      });
      expect(world.pendingOf(key.id)).toHaveLength(1);
    });

    it('tells another request under the same key apart', async () => {
      const actor = new Actor(world);
      await world.result(actor, create(actor));
      expect(await world.result(actor, create(actor, 'other'))).toMatchObject({ ok: false, reason: 'mismatch' });
    });

    it('creates once when the requests arrive at once', async () => {
      const actors = Array.from({ length: 8 }, () => new Actor(world));
      const work = actors.map((actor) => ({ actor, work: create(actor) }));
      await world.run(...work);
      const reasons = (await Promise.all(work.map((each) => each.work))).map((result) => (result.ok ? 'created' : result.reason));
      expect(reasons.sort()).toEqual(['created', ...Array(7).fill('duplicate')]);
    });

    it('recognises the request after the aggregate has moved on', async () => {
      const actor = new Actor(world);
      await world.result(actor, create(actor));
      await world.result(actor, actor.counters().commit({ id: key.id, expected: 1, state: { n: 2 }, correlation }));
      expect(await world.result(actor, create(actor))).toMatchObject({
        ok: false,
        reason: 'duplicate',
        current: { state: { n: 2 }, version: 2 },
      });
    });

    it('refuses to create it under an id that does not belong to the key', async () => {
      const actor = new Actor(world);
      expect(await codeOf(actor.counters().commit({ id: 'random', expected: 'new', state: { n: 1 }, idempotency: key, correlation }))).toBe(
        'MILLRACE_OUTBOX_BAD_REQUEST',
      );
    });
  });

  describe('when answers are lost', () => {
    it('recognises its own write, and reports no conflict', async () => {
      await seed('a');
      for (const expected of ['new', 1] as const) {
        const id = expected === 'new' ? 'b' : 'a';
        const actor = new Actor(world);
        let lost = 0;
        actor.fate = ({ operation }) => (isWrite(operation) && lost++ === 0 ? 'lost' : 'well');
        const result = await world.result(
          actor,
          actor.counters().commit({ id, expected, state: { n: 2 }, events: [event(id, 2)], correlation }),
        );
        expect(result).toMatchObject({ ok: true, repeated: true, version: expected === 'new' ? 1 : 2 });
        expect(world.pendingOf(id).map(({ data }) => data.n)).toEqual(expected === 'new' ? [2] : [1, 2]);
        expect(lost).toBeGreaterThan(1);
      }
    });

    it('recognises it although others have changed the aggregate since', async () => {
      await seed('a');
      const actor = new Actor(world);
      const other = new Actor(world);
      let lost = 0;
      actor.fate = ({ operation }) => {
        if (!isWrite(operation) || lost++ > 0) return 'well';
        // Between the write and its repetition, somebody else commits.
        for (const n of [3, 4]) {
          queueMicrotask(
            () => void other.counters().commit({ id: 'a', expected: n - 1, state: { n }, events: [event('a', n)], correlation }),
          );
        }
        return 'lost';
      };
      const result = await world.result(
        actor,
        actor.counters().commit({ id: 'a', expected: 1, state: { n: 2 }, events: [event('a', 2)], correlation }),
      );
      expect(result).toMatchObject({ ok: true, version: 2 });
    });

    it('tells the write of another from its own', async () => {
      await seed('a');
      const actor = new Actor(world);
      const other = new Actor(world);
      let refused = 0;
      actor.fate = ({ operation }) => (isWrite(operation) && refused++ === 0 ? 'refused' : 'well');
      world.pick = (waiting) => waiting - 1;
      const mine = actor.counters().commit({ id: 'a', expected: 1, state: { n: 2 }, correlation });
      const theirs = other.counters().commit({ id: 'a', expected: 1, state: { n: 7 }, correlation });
      await world.run({ actor, work: mine }, { actor: other, work: theirs });
      expect([await mine, await theirs].map(({ ok }) => ok).sort()).toEqual([false, true]);
    });

    it('asks the item when no answer comes at all', async () => {
      const actor = new Actor(world);
      actor.fate = ({ operation }) => (isWrite(operation) ? 'lost' : 'well');
      // Every write is lost after it took effect, or after it found its own work: the read decides.
      const result = await world.result(actor, actor.counters().commit({ id: 'a', expected: 'new', state: { n: 1 }, correlation }));
      expect(result).toMatchObject({ ok: true, repeated: true });
    });

    it('says that it does not know when not even the item can be read, and a repetition under the same name is safe', async () => {
      const actor = new Actor(world);
      actor.fate = () => 'lost';
      const commit = { id: 'a', expected: 'new', state: { n: 1 }, events: [event('a', 1)], commitId: 'request-7', correlation } as const;
      expect(await codeOf(world.result(actor, actor.counters().commit(commit)))).toBe('MILLRACE_OUTBOX_OUTCOME_UNKNOWN');
      const next = new Actor(world);
      expect(await world.result(next, next.counters().commit(commit))).toEqual({ ok: true, version: 1, events: [], repeated: true });
      expect(world.pendingOf('a')).toHaveLength(1);
    });

    it('recognises a repeated invocation that has loaded what the first one made', async () => {
      await seed('a');
      const actor = new Actor(world);
      const counters = actor.counters();
      const handle = async () => {
        const loaded = await counters.load('a');
        if (!loaded) throw new Error('not there');
        const n = loaded.state.n + 1;
        return counters.commit({ id: 'a', expected: loaded, state: { n }, events: [event('a', n)], commitId: 'event-3', correlation });
      };
      expect(await world.result(actor, handle())).toMatchObject({ ok: true, version: 2, repeated: false });
      await world.result(actor, counters.commit({ id: 'a', expected: 2, state: { n: 9 }, correlation }));
      expect(await world.result(actor, handle())).toEqual({ ok: true, version: 2, events: [], repeated: true });
      expect(world.item('a')).toMatchObject({ version: { N: '3' } });
    });

    it('does not call a conflict what it can no longer tell', async () => {
      await seed('a');
      const actor = new Actor(world);
      let writes = 0;
      actor.fate = ({ operation }) => {
        if (!isWrite(operation)) return 'well';
        writes += 1;
        if (writes === 1) return 'lost';
        // Before it is repeated, so many others have committed that the item has forgotten it.
        world.ask('UpdateItem', {
          TableName: TABLE,
          Key: { pk: { S: 'a' } },
          UpdateExpression: 'SET #v = :v, commits = :others',
          ExpressionAttributeNames: { '#v': 'version' },
          ExpressionAttributeValues: { ':v': { N: '12' }, ':others': { L: Array.from({ length: 8 }, (_, at) => ({ S: `other-${at}` })) } },
        });
        return 'well';
      };
      const work = actor.counters().commit({ id: 'a', expected: 1, state: { n: 2 }, correlation });
      expect(await codeOf(world.result(actor, work))).toBe('MILLRACE_OUTBOX_OUTCOME_UNKNOWN');
    });
  });

  it('tries again when other transactions hold the item, apart from conditions that fail', async () => {
    await seed('a');
    const actor = new Actor(world);
    let left = 3;
    actor.fate = ({ operation }) => (isWrite(operation) && left-- > 0 ? 'contended' : 'well');
    expect(await world.result(actor, actor.counters().commit({ id: 'a', expected: 1, state: { n: 2 }, correlation }))).toMatchObject({
      ok: true,
      repeated: false,
    });
    const blocked = new Actor(world);
    blocked.fate = ({ operation }) => (isWrite(operation) ? 'contended' : 'well');
    expect(await codeOf(world.result(blocked, blocked.counters().commit({ id: 'a', expected: 2, state: { n: 3 }, correlation })))).toBe(
      'MILLRACE_OUTBOX_CONTENTION',
    );
  });

  describe('refuses', () => {
    it('an item over 400 kB, and says what fills it', async () => {
      const actor = new Actor(world);
      const work = actor.counters().commit({ id: 'a', expected: 'new', state: { n: 1, blob: 'é'.repeat(205_000) }, correlation });
      await expect(world.result(actor, work)).rejects.toThrow(/"a" would have 41\d{4} bytes \(state 410\d{3}/);
      expect(actor.calls).toEqual([]);
    });

    it('an item that is too large only with the events that wait, as something that passes', async () => {
      const actor = new Actor(world);
      const counters = actor.counters();
      const big = (n: number) => Counted.draft({ id: 'a', n, blob: 'x'.repeat(200_000) });
      await world.result(actor, counters.commit({ id: 'a', expected: 'new', state: { n: 1 }, events: [big(1)], correlation }));
      const second = counters.commit({ id: 'a', expected: 1, state: { n: 2, blob: 'y'.repeat(20_000) }, events: [big(2)], correlation });
      await expect(world.result(actor, second)).rejects.toMatchObject({ code: 'MILLRACE_OUTBOX_ITEM_TOO_LARGE', retryable: true });
      expect(world.item('a')).toMatchObject({ version: { N: '1' } });
    });

    it('an event that not every subscriber could be given', async () => {
      const actor = new Actor(world);
      const work = actor.counters().commit({
        id: 'a',
        expected: 'new',
        state: { n: 1 },
        events: [Counted.draft({ id: 'a', n: 1, blob: 'x'.repeat(262_000) })],
        correlation,
      });
      expect(await codeOf(world.result(actor, work))).toBe('MILLRACE_OUTBOX_EVENT_TOO_LARGE');
    });

    it('an event of another subject or source, whose sequence it could not keep', async () => {
      const actor = new Actor(world);
      expect(
        await codeOf(
          world.result(actor, actor.counters().commit({ id: 'a', expected: 'new', state: { n: 1 }, events: [event('b', 1)], correlation })),
        ),
      ).toBe('MILLRACE_OUTBOX_OTHER_SUBJECT');
      const Foreign = defineEvent('x.y', { version: 1, subject: () => 'a', data: z.object({}), source: 'elsewhere' });
      expect(
        await codeOf(
          world.result(
            actor,
            actor.counters().commit({ id: 'a', expected: 'new', state: { n: 1 }, events: [Foreign.draft({})], correlation }),
          ),
        ),
      ).toBe('MILLRACE_OUTBOX_OTHER_SOURCE');
    });

    it('a state that DynamoDB cannot hold, at once', async () => {
      const actor = new Actor(world);
      const work = actor.counters().commit({ id: 'a', expected: 'new', state: { n: 1, at: new Date() } as never, correlation });
      await expect(world.result(actor, work)).rejects.toThrow(/class instances?|unsupported type/i);
      expect(actor.calls).toEqual([]);
    });

    it('an item that something else wrote', async () => {
      world.ask('PutItem', { TableName: TABLE, Item: { pk: { S: 'a' }, total: { N: '5' } } });
      const actor = new Actor(world);
      expect(await codeOf(world.result(actor, actor.counters().load('a')))).toBe('MILLRACE_OUTBOX_NOT_AN_AGGREGATE');
    });

    it('to work without knowing its table', async () => {
      vi.stubEnv('MILLRACE_OUTBOX_TABLE', '');
      const actor = new Actor(world);
      await expect(actor.counters().load('a')).rejects.toThrow(/MILLRACE_OUTBOX_TABLE is not set. Call grantCommit/);
    });
  });
});

describe('commitAll', () => {
  const both = (actor: Actor, options: Partial<Parameters<typeof commitAll>[1]> = {}) => {
    const counters = actor.counters();
    return commitAll(
      [
        counters.change({ id: 'a', expected: 'new', state: { n: 1 }, events: [event('a', 1)] }),
        counters.change({ id: 'b', expected: 'new', state: { n: 2 }, events: [event('b', 2)] }),
      ],
      { correlation, ...options },
    );
  };

  it('commits several aggregates together', async () => {
    const actor = new Actor(world);
    expect(await world.result(actor, both(actor))).toMatchObject({ ok: true, commits: [{ version: 1 }, { version: 1 }] });
    expect([world.pendingOf('a').length, world.pendingOf('b').length]).toEqual([1, 1]);
    expect(actor.calls.map(({ operation }) => operation)).toEqual(['TransactWriteItems']);
  });

  it('commits none when one has changed, and says which', async () => {
    await seed('b', 7);
    const actor = new Actor(world);
    expect(await world.result(actor, both(actor))).toMatchObject({
      ok: false,
      reason: 'conflict',
      at: 1,
      current: { id: 'b', state: { n: 7 } },
    });
    expect(world.item('a')).toBeUndefined();
  });

  it('commits none when the condition of a write beside them fails', async () => {
    world.ask('PutItem', { TableName: TABLE, Item: { pk: { S: 'marker' }, by: { S: 'me' } } });
    const actor = new Actor(world);
    const marker = {
      Put: {
        TableName: TABLE,
        Item: { pk: 'marker' },
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      },
    };
    expect(await world.result(actor, both(actor, { with: [marker] }))).toEqual({
      ok: false,
      reason: 'refused',
      refused: [{ index: 0, item: { pk: 'marker', by: 'me' } }],
    });
    expect(world.item('a')).toBeUndefined();
  });

  it('takes effect once when its answers are lost', async () => {
    const actor = new Actor(world);
    let lost = 0;
    actor.fate = () => (lost++ < 4 ? 'lost' : 'well');
    expect(await world.result(actor, both(actor))).toMatchObject({ ok: true });
    expect([world.pendingOf('a').length, world.pendingOf('b').length]).toEqual([1, 1]);
  });

  it('recognises its repetition by another invocation', async () => {
    const actor = new Actor(world);
    await world.result(actor, both(actor, { commitId: 'event-1' }));
    expect(await world.result(actor, both(actor, { commitId: 'event-1' }))).toMatchObject({
      ok: true,
      commits: [{ repeated: true, events: [] }, { repeated: true }],
    });
    expect(await world.result(actor, both(actor, { commitId: 'event-2' }))).toMatchObject({ ok: false, reason: 'conflict' });
  });

  it('is tried again under contention', async () => {
    const actor = new Actor(world);
    let left = 2;
    actor.fate = () => (left-- > 0 ? 'contended' : 'well');
    expect(await world.result(actor, both(actor))).toMatchObject({ ok: true });
  });

  it('refuses one aggregate twice, none, and too many', async () => {
    const actor = new Actor(world);
    const change = actor.counters().change({ id: 'a', expected: 'new', state: { n: 1 } });
    expect(await codeOf(commitAll([change, change], { correlation }))).toBe('MILLRACE_OUTBOX_BAD_REQUEST');
    expect(await codeOf(commitAll([], { correlation }))).toBe('MILLRACE_OUTBOX_BAD_REQUEST');
    const many = Array.from({ length: 101 }, (_, at) => actor.counters().change({ id: `c${at}`, expected: 'new', state: { n: 1 } }));
    expect(await codeOf(commitAll(many, { correlation }))).toBe('MILLRACE_OUTBOX_BAD_REQUEST');
  });
});
