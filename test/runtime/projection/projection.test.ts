import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../../lambdas/contracts/index.ts';
import {
  activeGeneration,
  change,
  documentClient,
  type Once,
  type ProjectionOptions,
  project,
  projection,
  promote,
  readModel,
} from '../../../lambdas/runtime/index.ts';
import { type Fault, lambdaContext, TestCloud } from '../consumer/cloud.ts';
import { Deposited, deposited, sqsEvent, sqsRecord } from '../consumer/events.ts';
import { kinesisEvent, kinesisRecord, Shard } from './feed.ts';

process.env.MILLRACE_PROJECTION = 'accounts';
process.env.MILLRACE_PROJECTION_TABLE = 'rows';
process.env.MILLRACE_PARKING_TABLE = 'parking';
process.env.MILLRACE_MAX_RECEIVES = '6';

interface Totals {
  readonly count: number;
  readonly sum: number;
}
interface Account extends Totals {
  readonly history: readonly number[];
}

const count = (totals: Totals | undefined, amount: number): Totals => ({
  count: (totals?.count ?? 0) + 1,
  sum: (totals?.sum ?? 0) + amount,
});

/** A row fed by one subject; with `all`, also a row fed by every subject. */
const rules = (all: boolean) => [
  project(Deposited, ({ data: { account, amount }, sequence }) => {
    if (amount < 0) throw new Error('negative');
    return [
      change<Account>({ pk: `ACCOUNT#${account}`, sk: 'TOTALS' }, (row) => ({
        ...count(row, amount),
        history: [...(row?.history ?? []), Number(sequence)],
      })),
      change<Totals>({ pk: `ACCOUNT#${account}`, sk: `PARITY#${Number(sequence) % 2}` }, (row) => count(row, amount)),
      ...(all ? [change<Totals>({ pk: 'ALL', sk: 'TOTALS' }, (row) => count(row, amount))] : []),
    ];
  }),
];

const make = (once: Once, options: Partial<ProjectionOptions> = {}) => projection({ once, on: rules(once !== 'per-subject'), ...options });

let cloud: TestCloud;

function makeCloud(seed = 1): TestCloud {
  const made = new TestCloud(seed);
  made.table('rows', ['pk', 'sk']);
  made.table('parking', ['pk', 'sk']);
  return made;
}

const board = readModel({ table: 'rows', pointerTtlMs: 0 });
const account = (name: string) => cloud.quietly(() => board.get<Account>({ pk: `ACCOUNT#${name}`, sk: 'TOTALS' }));
const parked = async () => (await cloud.items('parking')).map(({ sk, reason }) => [sk, reason]);

beforeEach(() => {
  cloud = makeCloud();
});

const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i + 1);
const total = (length: number): number => (length * (length + 1)) / 2;

async function expectRows(lengths: readonly number[], all: boolean): Promise<void> {
  for (const [i, length] of lengths.entries()) {
    expect(await account(`a${i}`)).toMatchObject({ count: length, sum: total(length), history: upTo(length) });
  }
  if (!all) return;
  const totals = await cloud.quietly(() => board.get<Totals>({ pk: 'ALL', sk: 'TOTALS' }));
  expect(totals).toMatchObject({ count: lengths.reduce((a, b) => a + b, 0), sum: lengths.reduce((a, b) => a + total(b), 0) });
}

const faultsOf = fc.array(
  fc.constantFrom<Fault | undefined>(undefined, undefined, undefined, undefined, 'crash-before', 'crash-after', 'conflict', 'throttle'),
  { maxLength: 25 },
);

describe.each<Once>(['per-subject', 'per-shard', 'transaction'])('a projection of a stream, %s', (once) => {
  it('reflects each event once and in order, whatever is redelivered, doubled by its producer, late or killed', async () => {
    const scenario = fc.record({
      seed: fc.integer({ min: 1, max: 1e9 }),
      lengths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      swaps: fc.array(fc.nat(30), { maxLength: 3 }),
      faults: faultsOf,
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, lengths, swaps, faults }) => {
        cloud = makeCloud(seed);
        const shards = [new Shard('shardId-000000000000'), new Shard('shardId-000000000001')];
        for (const [i, length] of lengths.entries()) {
          const events = upTo(length).map((sequence) => deposited(`a${i}`, sequence));
          // Producers that try again double events, and may swap neighbours.
          const sent = events.flatMap((event) => (cloud.random.next() < 0.25 ? [event, event] : [event]));
          for (const swap of swaps) {
            const [a, b] = [sent[swap % sent.length], sent[(swap + 1) % sent.length]];
            if (a && b && swap % sent.length < sent.length - 1) sent.splice(swap % sent.length, 2, b, a);
          }
          for (const event of sent) shards[i % 2]?.put(event);
        }
        cloud.faults = (_call, calls) => faults[calls - 1];
        const handler = make(once);
        for (let round = 0; shards.some((shard) => !shard.done); round += 1) {
          expect(round).toBeLessThan(200);
          // The two shards are read at the same time.
          await Promise.all(
            shards
              .filter((shard) => !shard.done)
              .map(async (shard) => {
                const batch = shard.batch(1 + Math.floor(cloud.random.next() * 4));
                const response = await cloud.run(() => handler(kinesisEvent(...batch), lambdaContext).catch(() => 'crashed' as const));
                shard.answered(batch, response === 'crashed' ? undefined : response.batchItemFailures);
              }),
          );
        }
        cloud.faults = () => undefined;
        await expectRows(lengths, once !== 'per-subject');
        expect(await parked()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('sets bad records aside without stopping the shard', async () => {
    const handler = make(once);
    const bad = { ...deposited('bad', 1), data: { account: 'bad', amount: 'x' } };
    const response = await handler(
      kinesisEvent(
        kinesisRecord('{garbage', 1),
        kinesisRecord(bad, 2),
        kinesisRecord(deposited('a0', 1), 3),
        kinesisRecord(deposited('worse', 1, -1), 4),
        kinesisRecord(deposited('worse', 2), 5),
        kinesisRecord(deposited('a0', 2), 6),
      ),
      lambdaContext,
    );
    expect(response.batchItemFailures).toEqual([]);
    await expectRows([2], once !== 'per-subject');
    expect(await parked()).toEqual([
      ['bank/bad/0000000000000001', 'invalid'],
      ['bank/worse/0000000000000001', 'failing'],
      ['bank/worse/0000000000000002', 'behind'],
      ['unreadable/shardId-000000000000:496600000000000000000001', 'unreadable'],
    ]);
    const items = await cloud.items('parking');
    expect(items.find(({ reason }) => reason === 'unreadable')).toMatchObject({
      payload: '{garbage',
      detail: expect.stringMatching(/not JSON/),
    });
    expect(items.find(({ reason }) => reason === 'failing')).toMatchObject({ detail: expect.stringContaining('negative') });
  });

  it('holds what comes before its predecessor, and lets it follow by itself', async () => {
    const handler = make(once);
    await handler(kinesisEvent(kinesisRecord(deposited('a0', 2), 1), kinesisRecord(deposited('a0', 3), 2)), lambdaContext);
    expect(await account('a0')).toBeUndefined();
    expect(await parked()).toEqual([
      ['bank/a0/0000000000000002', 'gap'],
      ['bank/a0/0000000000000003', 'behind'],
    ]);
    await handler(kinesisEvent(kinesisRecord(deposited('a0', 1), 3)), lambdaContext);
    await expectRows([3], once !== 'per-subject');
    expect(await parked()).toEqual([]);
    await handler(kinesisEvent(kinesisRecord(deposited('a0', 4), 4)), lambdaContext);
    await expectRows([4], once !== 'per-subject');
  });

  it('counts a parked event once, though a copy of it follows and the function dies between the two', async () => {
    const handler = make(once);
    await handler(kinesisEvent(kinesisRecord(deposited('a0', 2), 1)), lambdaContext);
    const [first, copy] = [kinesisRecord(deposited('a0', 1), 2), kinesisRecord(deposited('a0', 2), 3)];
    cloud.faults = (call) => (/Update|Transact/.test(call.operation) ? 'crash-before' : undefined);
    expect(await cloud.run(() => handler(kinesisEvent(first, copy), lambdaContext))).toBe('crashed');
    cloud.faults = () => undefined;
    // It comes again in smaller batches.
    await handler(kinesisEvent(first), lambdaContext);
    await handler(kinesisEvent(copy), lambdaContext);
    await expectRows([2], once !== 'per-subject');
    expect(await parked()).toEqual([]);
  });

  it('goes on with what waits when that could not be written, once its predecessor comes again or the next event comes', async () => {
    const handler = make(once);
    const poison = (name: string, position: number) => kinesisRecord({ ...deposited(name, 1), data: {} }, position);
    for (const [i, name] of ['a0', 'a1'].entries()) {
      await handler(
        kinesisEvent(poison(name, 10 * i + 1), ...[2, 3].map((sequence) => kinesisRecord(deposited(name, sequence), 10 * i + sequence))),
        lambdaContext,
      );
    }
    const released = ['a0', 'a1'].map((name, i) => kinesisRecord(deposited(name, 1), 30 + i));
    cloud.faults = ({ operation }) => (operation === 'Query' ? 'throttle' : undefined);
    const { batchItemFailures } = await handler(kinesisEvent(...released), lambdaContext);
    expect(batchItemFailures).toEqual([{ itemIdentifier: released[0]?.kinesis.sequenceNumber }]);
    cloud.faults = () => undefined;
    expect((await handler(kinesisEvent(...released.slice(0, 1)), lambdaContext)).batchItemFailures).toEqual([]);
    expect((await handler(kinesisEvent(kinesisRecord(deposited('a1', 4), 40)), lambdaContext)).batchItemFailures).toEqual([]);
    expect(await account('a0')).toMatchObject({ history: [1, 2, 3] });
    expect(await account('a1')).toMatchObject({ history: [1, 2, 3, 4] });
    expect(await parked()).toEqual([]);
  });

  it('gives what waits the reason that it has, when its turn comes, and lets what is behind that wait on', async () => {
    const handler = make(once);
    const events = [{ ...deposited('a0', 1), data: {} }, deposited('a0', 2, -1), deposited('a0', 3)];
    await handler(kinesisEvent(...events.map((event, i) => kinesisRecord(event, i + 1))), lambdaContext);
    const { batchItemFailures } = await handler(kinesisEvent(kinesisRecord(deposited('a0', 1), 4)), lambdaContext);
    expect(batchItemFailures).toEqual([]);
    expect(await account('a0')).toMatchObject({ history: [1] });
    expect(await parked()).toEqual([
      ['bank/a0/0000000000000002', 'failing'],
      ['bank/a0/0000000000000003', 'behind'],
    ]);
  });

  it('sets an event aside whose row no table would hold, and goes on with the rest', async () => {
    const keys: Record<string, { pk: string; sk: string }> = {
      none: { pk: '', sk: 'T' },
      long: { pk: 'p'.repeat(2_049), sk: 'T' },
      deep: { pk: 'p', sk: 's'.repeat(1_025) },
    };
    const handler = projection({
      once,
      on: [project(Deposited, ({ subject }) => [change<Totals>(keys[subject] ?? { pk: subject, sk: 'T' }, (row) => count(row, 1))])],
    });
    const names = ['good', ...Object.keys(keys), 'x'.repeat(2_100), 'fine'];
    const { batchItemFailures } = await handler(
      kinesisEvent(...names.map((name, i) => kinesisRecord({ ...deposited('a', 1), subject: name }, i + 1))),
      lambdaContext,
    );
    expect(batchItemFailures).toEqual([]);
    expect((await cloud.items('rows')).map(({ pk }) => pk)).toEqual(expect.arrayContaining(['good', 'fine']));
    expect(await parked()).toEqual([
      ['bank/deep/0000000000000001', 'failing'],
      ['bank/long/0000000000000001', 'failing'],
      ['bank/none/0000000000000001', 'failing'],
      ['unreadable/shardId-000000000000:496600000000000000000005', 'unreadable'],
    ]);
  });

  it('goes on without a poison event, where its author says skip', async () => {
    const handler = make(once, { poison: 'skip' });
    const events = [deposited('a0', 1), deposited('a0', 2, -1), deposited('a0', 3)];
    await handler(kinesisEvent(...events.map((event, i) => kinesisRecord(event, i + 1))), lambdaContext);
    await handler(kinesisEvent(kinesisRecord(deposited('a0', 4), 4)), lambdaContext);
    expect(await account('a0')).toMatchObject({ history: [1, 3, 4] });
    expect(await parked()).toEqual([['bank/a0/0000000000000002', 'failing']]);
  });

  it.each<[string, unknown]>([
    ['a number that is none', Number.NaN],
    ['an instance of a class', new Date(0)],
    ['more than an item has', 'x'.repeat(420_000)],
    ['deeper than DynamoDB goes', upTo(40).reduce<unknown>((inner) => [inner], 1)],
    ['nearer to 0 than DynamoDB goes', 1e-200],
  ])('parks an event that makes a row that can never be written: %s', async (_, value) => {
    const handler = make(once, {
      on: [
        project(Deposited, ({ subject, data, sequence }) => [
          change<Account>({ pk: `ACCOUNT#${subject}`, sk: 'TOTALS' }, (row) => ({
            ...count(row, data.amount),
            history: [...(row?.history ?? []), Number(sequence)],
          })),
          change({ pk: 'ALL', sk: 'TOTALS' }, (row?: object) => (data.amount === 13 ? { ...row, value } : { ...row })),
        ]),
      ],
    });
    const records = [deposited('a0', 1), deposited('a1', 1), deposited('a1', 2, 13), deposited('a1', 3), deposited('a0', 2)];
    const response = await handler(kinesisEvent(...records.map((body, i) => kinesisRecord(body, i + 1))), lambdaContext);
    expect(response.batchItemFailures).toEqual([]);
    expect(await parked()).toEqual([
      ['bank/a1/0000000000000002', 'failing'],
      ['bank/a1/0000000000000003', 'behind'],
    ]);
    expect([await account('a0'), await account('a1')]).toMatchObject([{ history: [1, 2] }, { history: [1] }]);
  });

  it('parks large records like small ones, and takes them in again', async () => {
    const handler = make(once);
    const blob = (bytes: number) => randomBytes(bytes).toString('base64');
    const padded = (sequence: number) => ({ ...deposited('a0', sequence), data: { account: 'a0', amount: 1, pad: blob(450_000) } });
    const garbage = kinesisRecord(blob(800_000), 1);
    const response = await handler(kinesisEvent(garbage, ...upTo(9).map((i) => kinesisRecord(padded(i + 1), i + 1))), lambdaContext);
    expect(response.batchItemFailures).toEqual([]);
    expect((await parked()).filter(([sk]) => String(sk).startsWith('bank/'))).toHaveLength(9);
    expect((await handler(kinesisEvent(kinesisRecord(deposited('a0', 1), 11)), lambdaContext)).batchItemFailures).toEqual([]);
    expect(await account('a0')).toMatchObject({ history: upTo(10) });
    const left = await cloud.items('parking');
    expect(left.map(({ pk, reason }) => [String(pk).split('#')[0], reason])).toEqual(
      expect.arrayContaining([
        ['projection', 'unreadable'],
        ['payload', undefined],
      ]),
    );
    expect(left).toHaveLength(3);
  });

  it('keeps each of many events that it goes on without, though not all could be parked at first', async () => {
    const handler = make(once, { poison: 'skip' });
    const records = upTo(120).map((sequence) => kinesisRecord(deposited('a0', sequence, -1), sequence));
    cloud.faults = ({ input }) => (JSON.stringify(input).includes('bank/a0/0000000000000120') ? 'throttle' : undefined);
    expect((await handler(kinesisEvent(...records), lambdaContext)).batchItemFailures).toHaveLength(1);
    cloud.faults = () => undefined;
    expect((await handler(kinesisEvent(...records), lambdaContext)).batchItemFailures).toEqual([]);
    expect(await parked()).toEqual(upTo(120).map((sequence) => [`bank/a0/${String(sequence).padStart(16, '0')}`, 'failing']));
  });

  it('asks for the lowest failed record when its table refuses a row, and finds the others done', async () => {
    const handler = make(once);
    cloud.faults = (call) => {
      const input = JSON.stringify(call.input);
      return /Put|Transact/.test(call.operation) && input.includes('ACCOUNT#a1') ? 'throttle' : undefined;
    };
    const records = ['a0', 'a1', 'a2'].map((name, i) => kinesisRecord(deposited(name, 1), i + 1));
    const response = await handler(kinesisEvent(...records), lambdaContext);
    expect(response.batchItemFailures).toHaveLength(1);
    cloud.faults = () => undefined;
    expect((await handler(kinesisEvent(...records), lambdaContext)).batchItemFailures).toEqual([]);
    await expectRows([1, 1, 1], once !== 'per-subject');
  });
});

describe.each<Once>(['per-subject', 'transaction'])('a projection of a queue, %s', (once) => {
  it('reflects each event once and in order, whatever is duplicated, reordered, run at once or killed', async () => {
    const scenario = fc.record({
      seed: fc.integer({ min: 1, max: 1e9 }),
      lengths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
      faults: faultsOf,
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, lengths, faults }) => {
        cloud = makeCloud(seed);
        const queue = lengths
          .flatMap((length, i) => upTo(length).map((sequence) => deposited(`a${i}`, sequence)))
          .flatMap((event) => (cloud.random.next() < 0.3 ? [event, event] : [event]))
          .map((event, index) => ({ event, id: `m${index}`, order: cloud.random.next() }))
          .sort((a, b) => a.order - b.order);
        cloud.faults = (_call, calls) => faults[calls - 1];
        const handler = make(once);
        for (let round = 0; queue.length > 0; round += 1) {
          expect(round).toBeLessThan(200);
          const batches = [queue.slice(0, 3), queue.slice(3, 6)].filter((batch) => batch.length > 0);
          await Promise.all(
            batches.map(async (batch) => {
              const event = sqsEvent(...batch.map((message) => sqsRecord(message.event, 1, { id: message.id })));
              const response = await cloud.run(() => handler(event, lambdaContext).catch(() => 'crashed' as const));
              if (response === 'crashed') return;
              const again = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
              for (const message of batch) if (!again.includes(message.id)) queue.splice(queue.indexOf(message), 1);
            }),
          );
          queue.push(...queue.splice(0, Math.floor(cloud.random.next() * queue.length)));
        }
        await expectRows(lengths, once !== 'per-subject');
        expect(await parked()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('lets an event come again behind one that could not be written, though its own rows were', async () => {
    const handler = make(once);
    cloud.faults = (call) =>
      JSON.stringify(call.input).includes('PARITY#1') && /Put|Transact/.test(call.operation) ? 'throttle' : undefined;
    const event = sqsEvent(sqsRecord(deposited('a0', 1), 1, { id: 'm1' }), sqsRecord(deposited('a0', 2), 1, { id: 'm2' }));
    const { batchItemFailures } = await handler(event, lambdaContext);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(['m1', 'm2']);
    cloud.faults = () => undefined;
    await handler(event, lambdaContext);
    await expectRows([2], once !== 'per-subject');
  });

  it('waits in the queue for a missing event, then in the parking table', async () => {
    const handler = make(once);
    const early = (receives: number) => handler(sqsEvent(sqsRecord(deposited('a0', 2), receives, { id: 'm' })), lambdaContext);
    expect((await early(1)).batchItemFailures).toEqual([{ itemIdentifier: 'm' }]);
    expect((await early(5)).batchItemFailures).toEqual([]);
    expect(await parked()).toEqual([['bank/a0/0000000000000002', 'gap']]);
    await handler(sqsEvent(sqsRecord(deposited('a0', 1))), lambdaContext);
    await expectRows([2], once !== 'per-subject');
    expect(await parked()).toEqual([]);
  });
});

it('a projection by transaction parks an event that changes more rows than one transaction writes', async () => {
  const handler = projection({
    once: 'transaction',
    on: [
      project(Deposited, ({ subject, data }) =>
        upTo(data.amount).map((i) =>
          change<Totals>({ pk: `ACCOUNT#${subject}`, sk: i === 1 ? 'TOTALS' : `ROW#${i}` }, (row) => count(row, 1)),
        ),
      ),
    ],
  });
  const records = [deposited('a0', 1, 1), deposited('a1', 1, 150), deposited('a2', 1, 1)];
  const response = await handler(kinesisEvent(...records.map((body, i) => kinesisRecord(body, i + 1))), lambdaContext);
  expect(response.batchItemFailures).toEqual([]);
  expect(await parked()).toEqual([['bank/a1/0000000000000001', 'failing']]);
  expect([await account('a0'), await account('a1'), await account('a2')]).toEqual([
    expect.objectContaining({ count: 1 }),
    undefined,
    expect.objectContaining({ count: 1 }),
  ]);
});

describe('the cost of a projection', () => {
  it('is one write for each row of a batch and one for each subject', async () => {
    const handler = make('per-subject');
    const records = upTo(50).map((sequence) => kinesisRecord(deposited('a0', sequence), sequence));
    await handler(kinesisEvent(...records), lambdaContext);
    const writes = cloud.calls.filter(({ operation }) => /Put|Update|Transact/.test(operation));
    // Three rows, one head.
    expect(writes).toHaveLength(3 + 1);
    expect(cloud.calls.filter(({ operation }) => /Get/.test(operation))).toHaveLength(2);
    await expectRows([50], false);
  });

  it('does not take positions for order where a shard is read in several batches at once', async () => {
    process.env.MILLRACE_PARALLELIZATION = '2';
    const event = kinesisEvent(kinesisRecord(deposited('a0', 1), 1));
    await expect(make('per-shard')(event, lambdaContext)).rejects.toThrow(/parallelizationFactor to 1/);
    delete process.env.MILLRACE_PARALLELIZATION;
  });

  it('does not let a row remember subjects without end, and goes on with what is remembered', async () => {
    const handler = projection({
      once: 'per-subject',
      on: [project(Deposited, ({ data }) => [change<Totals>({ pk: 'ALL', sk: 'TOTALS' }, (row) => count(row, data.amount))])],
    });
    const first = kinesisEvent(...upTo(33).map((i) => kinesisRecord(deposited(`a${i}`, 1), i)));
    expect((await handler(first, lambdaContext)).batchItemFailures).toEqual([]);
    await handler(kinesisEvent(kinesisRecord(deposited('a1', 2), 34)), lambdaContext);
    expect(await board.get<Totals>({ pk: 'ALL', sk: 'TOTALS' })).toMatchObject({ count: 33, sum: 34 });
    expect(await cloud.items('parking')).toMatchObject([
      { sk: 'bank/a33/0000000000000001', reason: 'failing', detail: expect.stringMatching(/more than 32 subjects.*'per-shard'/) },
    ]);
  });

  it('knows no duplicates by transaction when gaps are ignored, so it is refused', () => {
    expect(() => make('transaction', { gaps: 'ignore' })).toThrow(expect.objectContaining({ code: 'MILLRACE_PROJECTION_SETUP' }));
  });
});

describe('a read model', () => {
  const send = (generation: string | undefined, events: readonly Envelope[]) => {
    if (generation === undefined) delete process.env.MILLRACE_PROJECTION_GENERATION;
    else process.env.MILLRACE_PROJECTION_GENERATION = generation;
    return make('per-subject')(kinesisEvent(...events.map((event, i) => kinesisRecord(event, i + 1))), lambdaContext).finally(() => {
      delete process.env.MILLRACE_PROJECTION_GENERATION;
    });
  };

  it('shows the old generation while a new one is built, then the whole new one', async () => {
    const events = upTo(6).map((sequence) => deposited('a0', sequence));
    await send(undefined, events.slice(0, 4));
    await send('v2', events.slice(0, 2));
    expect(await account('a0')).toMatchObject({ history: [1, 2, 3, 4] });
    await send(undefined, events.slice(4));
    await send('v2', events.slice(2));
    expect(await promote(documentClient(), 'rows', undefined, 'v2')).toEqual({ ok: true });
    expect(await activeGeneration(documentClient(), 'rows')).toBe('v2');
    expect(await account('a0')).toMatchObject({ history: [1, 2, 3, 4, 5, 6] });
    // The old generation goes on until the next deployment, unseen.
    await send(undefined, [deposited('a0', 7)]);
    expect(await account('a0')).toMatchObject({ history: [1, 2, 3, 4, 5, 6] });
  });

  it('is switched by one of those who want to', async () => {
    expect(await promote(documentClient(), 'rows', undefined, 'v2')).toEqual({ ok: true });
    expect(await promote(documentClient(), 'rows', undefined, 'v3')).toEqual({ ok: false, active: 'v2' });
    expect(await promote(documentClient(), 'rows', undefined, 'v2')).toEqual({ ok: true });
    expect(await promote(documentClient(), 'rows', 'v2', 'v3')).toEqual({ ok: true });
  });

  it('pages through a partition', async () => {
    await send(
      undefined,
      upTo(2).map((sequence) => deposited('a0', sequence)),
    );
    const first = await board.query<Totals>('ACCOUNT#a0', { limit: 2 });
    expect(first.rows.map(({ sk }) => sk)).toEqual(['PARITY#0', 'PARITY#1']);
    expect(first.rows[0]).toEqual({ pk: 'ACCOUNT#a0', sk: 'PARITY#0', count: 1, sum: 2 });
    const second = await board.query<Totals>('ACCOUNT#a0', { limit: 2, ...(first.cursor ? { cursor: first.cursor } : {}) });
    expect(second.rows.map(({ sk }) => sk)).toEqual(['TOTALS']);
    expect((await board.query('ACCOUNT#a0', { beginsWith: 'PARITY#' })).rows).toHaveLength(2);
    const cursors = ['!', Buffer.from('x'.repeat(1_025)).toString('base64url'), Buffer.from('OTHER').toString('base64url')];
    for (const cursor of cursors) {
      await expect(board.query('ACCOUNT#a0', { cursor, beginsWith: 'TOTALS' })).rejects.toMatchObject({ problem: { status: 400 } });
    }
  });
});
