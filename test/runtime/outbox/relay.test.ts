import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Decision, parkedSubjects } from '../../../lambdas/runtime/outbox/index.ts';
import { PublishedMemory, type RelayEdge, relayRecords, sweep } from '../../../lambdas/runtime/outbox/relay/index.ts';
import { Actor, Counted, correlation, type Fate, SHARDS, TABLE, World } from './world.ts';

let world: World;
beforeEach(() => {
  vi.stubEnv('MILLRACE_OUTBOX_TABLE', TABLE);
  vi.stubEnv('MILLRACE_OUTBOX_SHARDS', String(SHARDS));
  vi.spyOn(Math, 'random').mockReturnValue(0);
  world = new World();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Adds one to a counter and states it; tries again when somebody else was faster. */
async function increment(actor: Actor, id: string, commitId?: string): Promise<void> {
  const counters = actor.counters();
  for (;;) {
    const loaded = await counters.load(id);
    const n = (loaded?.state.n ?? 0) + 1;
    const result = await counters.commit({
      id,
      expected: loaded ?? 'new',
      state: { n },
      events: [Counted.draft({ id, n })],
      correlation,
      ...(commitId === undefined ? {} : { commitId }),
    });
    if (result.ok) return;
  }
}

async function grow(id: string, count: number): Promise<void> {
  const actor = new Actor(world);
  for (let at = 0; at < count; at += 1) await world.result(actor, increment(actor, id));
}

async function relay(options: { memory?: PublishedMemory; edge?: Partial<RelayEdge>; actor?: Actor } = {}) {
  const actor = options.actor ?? new Actor(world);
  return world.result(actor, relayRecords(world.relayed(), actor.edge(options.edge), options.memory ?? new PublishedMemory()));
}

const SWEEP = { index: 'pending', shards: SHARDS, overdueMs: 0 };

describe('the relay', () => {
  it('publishes what was committed, in order, and clears it', async () => {
    await grow('a', 3);
    await grow('b', 2);
    expect(await relay()).toEqual({ batchItemFailures: [] });
    expect([world.bus.firstTaken('a'), world.bus.firstTaken('b')]).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
    for (const id of ['a', 'b']) {
      expect(world.item(id)).not.toHaveProperty('pending');
      expect(world.item(id)).not.toHaveProperty('pendingShard');
    }
  });

  it('hands the bus the envelope as it was committed', async () => {
    await grow('a', 1);
    const [committed] = world.pendingOf('a');
    await relay();
    const [put] = world.bus.taken;
    expect(JSON.parse(put?.entry.Detail ?? '')).toEqual(committed);
    expect(put?.entry).toMatchObject({
      Source: 'test',
      DetailType: 'test.counted',
      EventBusName: 'bus',
      Time: new Date(committed?.time ?? ''),
    });
  });

  it('puts no two events of one subject in one request', async () => {
    await grow('a', 4);
    await relay();
    for (const request of world.bus.requests) expect(request).toHaveLength(1);
  });

  it('lets no event pass one that the bus refused for now, and asks the stream to go on from there', async () => {
    await grow('a', 3);
    await grow('b', 3);
    world.bus.refuse = ({ event }) => (event.subject === 'a' && event.sequence === '2' ? 'ThrottlingException' : undefined);
    const first = world.relayed().find(({ dynamodb }) => dynamodb?.Keys?.pk?.S === 'a')?.dynamodb?.SequenceNumber;
    expect(await relay()).toEqual({ batchItemFailures: [{ itemIdentifier: first }] });
    expect([world.bus.firstTaken('a'), world.bus.firstTaken('b')]).toEqual([[1], [1, 2, 3]]);
    expect(world.pendingOf('a').map(({ sequence }) => sequence)).toEqual(['2', '3']);

    world.bus.refuse = () => undefined;
    expect(await relay()).toEqual({ batchItemFailures: [] });
    expect(world.bus.firstTaken('a')).toEqual([1, 2, 3]);
  });

  it('tries entries again that failed, within the same run', async () => {
    await grow('a', 2);
    let left = 2;
    world.bus.refuse = () => (left-- > 0 ? 'InternalFailure' : undefined);
    expect(await relay()).toEqual({ batchItemFailures: [] });
    expect(world.bus.firstTaken('a')).toEqual([1, 2]);
  });

  it('does not take a bus for one that has taken everything, when its answer says nothing of an entry', async () => {
    await grow('a', 1);
    const actor = new Actor(world);
    const silent = vi.spyOn(world.bus, 'invoke').mockReturnValue({ FailedEntryCount: 0, Entries: [] });
    expect((await relay({ actor })).batchItemFailures).toHaveLength(1);
    silent.mockRestore();
    expect(world.pendingOf('a')).toHaveLength(1);
  });

  it('publishes again what it could not clear, rather than lose it', async () => {
    await grow('a', 1);
    const actor = new Actor(world);
    actor.fate = ({ operation }) => (operation === 'UpdateItem' ? 'refused' : 'well');
    expect((await relay({ actor })).batchItemFailures).toHaveLength(1);
    expect(await relay()).toEqual({ batchItemFailures: [] });
    expect(world.bus.taken).toHaveLength(2);
    expect(world.pendingOf('a')).toEqual([]);
  });

  it('does not publish again what it has just published, though old records still show it', async () => {
    const memory = new PublishedMemory();
    await grow('a', 1);
    await relay({ memory });
    await grow('a', 1);
    await relay({ memory });
    expect(world.bus.taken.map(({ event }) => event.sequence)).toEqual(['1', '2']);
  });

  it('takes as many requests as the size of the events asks for', async () => {
    const writer = new Actor(world);
    for (const id of ['a', 'b', 'c', 'd']) {
      const work = writer
        .counters()
        .commit({ id, expected: 'new', state: { n: 1 }, events: [Counted.draft({ id, n: 1, blob: 'x'.repeat(100_000) })], correlation });
      await world.result(writer, work);
    }
    await relay();
    expect(world.bus.requests.map((request) => request.length)).toEqual([2, 2]);
  });

  it('stops in time, and asks the stream to go on', async () => {
    await grow('a', 3);
    let left = 2;
    const answer = await relay({ edge: { remainingMs: () => (left-- > 0 ? 60_000 : 1_000) } });
    expect(answer.batchItemFailures).toHaveLength(1);
    expect(world.bus.firstTaken('a')).toEqual([1, 2]);
    expect(world.pendingOf('a').map(({ sequence }) => sequence)).toEqual(['3']);
  });

  it('measures what it did', async () => {
    await grow('a', 2);
    const measured: unknown[] = [];
    await relay({ edge: { measure: (measurements) => measured.push(measurements) } });
    expect(measured).toEqual([{ Published: 2, Failed: 0, Parked: 0, PublishDelay: [expect.any(Number), 'Milliseconds'] }]);
  });
});

describe('an event that can never be published', () => {
  const poison = () => {
    world.bus.refuse = ({ event }) => (event.subject === 'a' && event.sequence === '2' ? 'MalformedDetail' : undefined);
  };

  it('is set aside with its payload; its subject waits, others go on, the stream is not held', async () => {
    await grow('a', 3);
    await grow('b', 2);
    poison();
    expect(await relay()).toEqual({ batchItemFailures: [] });
    expect([world.bus.firstTaken('a'), world.bus.firstTaken('b')]).toEqual([[1], [1, 2]]);
    expect(world.item('a')).toMatchObject({ pendingShard: { S: 'parked' }, parked: { M: { code: { S: 'MalformedDetail' } } } });
    expect(world.pendingOf('a').map(({ data }) => data.n)).toEqual([2, 3]);
  });

  it('is logged with the reason and without its payload', async () => {
    await grow('a', 2);
    poison();
    const error = vi.fn();
    await relay({ edge: { log: { ...new Actor(world).edge().log, error } } });
    expect(error.mock.calls).toEqual([[expect.any(String), { subject: 'a', code: 'MalformedDetail', reason: expect.any(String) }]]);
  });

  it('stays set aside when its subject goes on committing', async () => {
    await grow('a', 2);
    poison();
    await relay();
    await grow('a', 2);
    expect(world.pendingOf('a').map(({ sequence }) => sequence)).toEqual(['2', '3', '4']);
    expect(world.item('a')).toMatchObject({ pendingShard: { S: 'parked' } });
    await relay();
    const sweeper = new Actor(world);
    expect(await world.result(sweeper, sweep(sweeper.edge(), SWEEP))).toMatchObject({ swept: 0, parked: 1 });
    expect(world.bus.firstTaken('a')).toEqual([1]);
  });

  describe('when it is released', () => {
    const parkedAs = async () => {
      await grow('a', 3);
      poison();
      await relay();
      const actor = new Actor(world);
      const parked = parkedSubjects({ client: actor.doc });
      const [subject, ...others] = await world.result(actor, parked.list());
      if (!subject) throw new Error('none is parked');
      expect(others).toEqual([]);
      expect(subject).toMatchObject({ key: 'a', code: 'MalformedDetail', waiting: 1 });
      return { subject, release: (decision: Decision, event = subject.event) => world.result(actor, parked.release('a', event, decision)) };
    };

    it('is tried again as it is', async () => {
      const { release } = await parkedAs();
      world.bus.refuse = () => undefined;
      expect(await release({ kind: 'retry' })).toBe(true);
      await relay();
      expect(world.bus.firstTaken('a')).toEqual([1, 2, 3]);
      expect(world.item('a')).not.toHaveProperty('parked');
    });

    it('is replaced under its id and sequence', async () => {
      const { subject, release } = await parkedAs();
      world.bus.refuse = () => undefined;
      const mended = { ...JSON.parse(subject.event), data: { id: 'a', n: 200 } };
      expect(await release({ kind: 'replace', event: mended })).toBe(true);
      await relay();
      expect(world.bus.taken.map(({ event }) => [event.sequence, event.data.n])).toEqual([
        ['1', 1],
        ['2', 200],
        ['3', 3],
      ]);
      await expect(release({ kind: 'replace', event: { ...mended, sequence: '9' } })).rejects.toThrow(/sequence "9"/);
    });

    it('is dropped', async () => {
      const { release } = await parkedAs();
      expect(await release({ kind: 'drop' })).toBe(true);
      await relay();
      expect(world.bus.firstTaken('a')).toEqual([1, 3]);
    });

    it('leaves the index when it is dropped and nothing waits behind it', async () => {
      await grow('a', 2);
      poison();
      await relay();
      const actor = new Actor(world);
      const parked = parkedSubjects({ client: actor.doc });
      const [subject] = await world.result(actor, parked.list());
      expect(await world.result(actor, parked.release('a', subject?.event ?? '', { kind: 'drop' }))).toBe(true);
      for (const attribute of ['pending', 'pendingShard', 'pendingSince', 'parked']) expect(world.item('a')).not.toHaveProperty(attribute);
    });

    it('is not released twice, nor by a decision about another event', async () => {
      const { release } = await parkedAs();
      expect(await release({ kind: 'drop' }, 'another')).toBe(false);
      expect(await release({ kind: 'drop' })).toBe(true);
      expect(await release({ kind: 'drop' })).toBe(false);
      expect(world.pendingOf('a').map(({ sequence }) => sequence)).toEqual(['3']);
    });
  });

  it('is found when only the request as a whole was refused', async () => {
    await grow('a', 1);
    await grow('b', 1);
    await grow('c', 1);
    const invoke = world.bus.invoke.bind(world.bus);
    const { AwsError } = await import('../../../local/kernel/index.ts');
    vi.spyOn(world.bus, 'invoke').mockImplementation((operation, input) => {
      if (JSON.stringify(input).includes('\\"subject\\":\\"b\\"')) throw new AwsError('ValidationException', 'too large');
      return invoke(operation, input);
    });
    expect(await relay()).toEqual({ batchItemFailures: [] });
    expect(['a', 'b', 'c'].map((id) => world.bus.firstTaken(id))).toEqual([[1], [], [1]]);
    expect(world.item('b')).toMatchObject({ pendingShard: { S: 'parked' } });
  });
});

describe('the sweeper', () => {
  it('knows since when the oldest event waits, whatever has been committed after it', async () => {
    await grow('a', 1);
    const since = world.item('a')?.pendingSince;
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 90_000);
    await grow('a', 1);
    expect(world.item('a')?.pendingSince).toEqual(since);
  });

  it('publishes what no relay did, in order, and clears it', async () => {
    await grow('a', 3);
    await grow('b', 1);
    const actor = new Actor(world);
    expect(await world.result(actor, sweep(actor.edge(), SWEEP))).toMatchObject({ swept: 2, more: false, parked: 0 });
    expect([world.bus.firstTaken('a'), world.bus.firstTaken('b')]).toEqual([[1, 2, 3], [1]]);
    expect(world.pendingOf('a')).toEqual([]);
  });

  it('leaves what is young to the relay, and says how long the oldest has waited', async () => {
    await grow('a', 1);
    const actor = new Actor(world);
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 30_000);
    const report = await world.result(actor, sweep(actor.edge(), { ...SWEEP, overdueMs: 60_000 }));
    expect(report.swept).toBe(0);
    expect(report.oldestMs).toBeGreaterThanOrEqual(29_000);
    expect(world.bus.taken).toEqual([]);
  });

  it('finds items in every shard, page by page, and no more than it is allowed', async () => {
    const ids = Array.from({ length: 130 }, (_, at) => `item-${at}`);
    const writer = new Actor(world);
    for (const id of ids) await world.result(writer, increment(writer, id));
    const actor = new Actor(world);
    const first = await world.result(actor, sweep(actor.edge(), { ...SWEEP, maxItems: 40 }));
    expect(first.more).toBe(true);
    expect(first.swept).toBeLessThan(130);
    while ((await world.result(actor, sweep(actor.edge(), { ...SWEEP, maxItems: 40 }))).more);
    expect(new Set(world.bus.taken.map(({ event }) => event.subject))).toEqual(new Set(ids));
    expect(world.bus.taken).toHaveLength(130);
  });

  it('believes the item, not the index, which is behind', async () => {
    await grow('a', 1);
    const stale = world.ask<{ Items: object[] }>('Query', {
      TableName: TABLE,
      IndexName: 'pending',
      KeyConditionExpression: 'pendingShard = :s',
      ExpressionAttributeValues: { ':s': world.item('a')?.pendingShard },
    });
    await relay();
    const actor = new Actor(world);
    const invoke = world.kernel.invoke.bind(world.kernel);
    vi.spyOn(world.kernel, 'invoke').mockImplementation((call) =>
      call.operation === 'Query' && !JSON.stringify(call.input).includes('COUNT') ? { ...stale } : invoke(call),
    );
    await world.result(actor, sweep(actor.edge(), SWEEP));
    expect(world.bus.taken).toHaveLength(1);
  });
});

describe('G1 and G2, under duplicates, lost answers, throttles and crashes at every call', () => {
  const SUBJECTS = ['a', 'b', 'c'];
  const fates = fc.infiniteStream(
    fc.oneof(
      { weight: 30, arbitrary: fc.constant<Fate>('well') },
      { weight: 2, arbitrary: fc.constantFrom<Fate>('refused', 'lost', 'throttled', 'contended') },
      { weight: 1, arbitrary: fc.constantFrom<Fate>('crash before', 'crash after') },
    ),
  );
  const refusals = fc.infiniteStream(
    fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant('ThrottlingException') }),
  );

  it('every committed event is published, none that was not committed, each subject in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fates,
        refusals,
        fc.infiniteStream(fc.nat(50)),
        fc.integer({ min: 2, max: 4 }),
        async (fate, refusal, order, rounds) => {
          world = new World();
          world.pick = () => order.next().value;
          world.bus.refuse = () => refusal.next().value;
          const troubled = () => {
            const actor = new Actor(world);
            actor.fate = () => fate.next().value;
            return actor;
          };
          for (let round = 0; round < rounds; round += 1) {
            // Writers, two relays that see old records (some of them again) and a sweeper, all at once.
            const writers = SUBJECTS.flatMap((id) =>
              [troubled(), troubled()].map((actor) => ({ actor, work: increment(actor, id).catch(() => {}) })),
            );
            const relays = [troubled(), troubled()].map((actor) => ({
              actor,
              work: relayRecords(world.relayed(), actor.edge(), new PublishedMemory()).catch(() => {}),
            }));
            const sweeper = troubled();
            await world.run(...writers, ...relays, { actor: sweeper, work: sweep(sweeper.edge(), SWEEP).catch(() => {}) });
          }
          // At last nobody interferes: one sweep finds whatever is left, whatever became of the relays.
          world.bus.refuse = () => undefined;
          const last = new Actor(world);
          await world.result(last, sweep(last.edge(), SWEEP));

          for (const id of SUBJECTS) {
            const item = world.item(id);
            const committed = Number((item?.sequence as { N: string } | undefined)?.N ?? 0);
            // G1: the state has counted exactly the events that were stated.
            expect(Number((item?.state as { M: { n: { N: string } } } | undefined)?.M.n.N ?? 0)).toBe(committed);
            expect(world.pendingOf(id)).toEqual([]);
            // G2: all of them, in order; and what an event says is what was committed under its number.
            expect(world.bus.firstTaken(id)).toEqual(Array.from({ length: committed }, (_, at) => at + 1));
            for (const { event } of world.bus.taken) if (event.subject === id) expect(event.data.n).toBe(Number(event.sequence));
          }
        },
      ),
      { numRuns: Number(process.env.MILLRACE_RUNS ?? 30) },
    );
  }, 120_000);
});
