import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineEvent, type Envelope } from '../../../lambdas/contracts/index.ts';
import {
  byId,
  bySequence,
  consumer,
  documentClient,
  dropParked,
  type InboxStrategy,
  inItem,
  Refusal,
  type UnitOfWork,
  when,
} from '../../../lambdas/runtime/index.ts';
import { type Fault, lambdaContext, TestCloud } from './cloud.ts';
import { Closed, Deposited, deposited, sqsEvent, sqsRecord } from './events.ts';

process.env.MILLRACE_CONSUMER = 'ledger';
process.env.MILLRACE_INBOX_TABLE = 'inbox';
process.env.MILLRACE_PARKING_TABLE = 'parking';
process.env.MILLRACE_MAX_RECEIVES = '6';

const add = (event: Envelope<string, { account: string; amount: number }>, unit: UnitOfWork): void => {
  unit.write(
    {
      Update: {
        TableName: 'accounts',
        Key: { pk: event.data.account },
        UpdateExpression: 'ADD balance :amount, entries :one SET history = list_append(if_not_exists(history, :none), :sequence)',
        ExpressionAttributeValues: { ':amount': event.data.amount, ':one': 1, ':none': [], ':sequence': [Number(event.sequence)] },
      },
    },
    {
      Update: { TableName: 'accounts', Key: { pk: 'all' }, UpdateExpression: 'ADD entries :one', ExpressionAttributeValues: { ':one': 1 } },
    },
  );
};

const own = inItem(({ subject }) => ({ table: 'accounts', key: { pk: subject } }));

const ledger = (inbox: InboxStrategy) => consumer({ inbox, on: [when(Deposited, add)] });

let cloud: TestCloud;

function makeCloud(seed = 1): TestCloud {
  const made = new TestCloud(seed);
  made.table('inbox');
  made.table('parking', ['pk', 'sk']);
  made.table('accounts');
  return made;
}

beforeEach(() => {
  cloud = makeCloud();
});

const failuresOf = (response: { batchItemFailures: { itemIdentifier: string }[] }) =>
  response.batchItemFailures.map((f) => f.itemIdentifier);

describe.each([
  ['by sequence', bySequence()],
  ['by id', byId()],
  ['in its own items', own],
])('a consumer that remembers %s', (_name, inbox) => {
  it('commits the effects of each event once, whatever is duplicated, reordered, interleaved, throttled or killed', async () => {
    const scenario = fc.record({
      seed: fc.integer({ min: 1, max: 1e9 }),
      lengths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
      faults: fc.array(
        fc.constantFrom<Fault | undefined>(
          undefined,
          undefined,
          undefined,
          undefined,
          'crash-before',
          'crash-after',
          'conflict',
          'throttle',
        ),
        {
          maxLength: 30,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, lengths, faults }) => {
        cloud = makeCloud(seed);
        const events = lengths.flatMap((length, i) => Array.from({ length }, (_, s) => deposited(`account-${i}`, s + 1)));
        // Each event is in the queue once or twice.
        const queue = events
          .flatMap((event) => (cloud.random.next() < 0.3 ? [event, event] : [event]))
          .map((event, index) => ({ event, id: `m${index}`, order: cloud.random.next() }))
          .sort((a, b) => a.order - b.order);
        cloud.faults = (_call, count) => faults[count - 1];
        const handler = ledger(inbox);
        for (let round = 0; queue.length > 0; round += 1) {
          expect(round).toBeLessThan(200);
          const batches = [queue.slice(0, 3), queue.slice(3, 6)].filter((batch) => batch.length > 0);
          await Promise.all(
            batches.map(async (batch) => {
              const response = await cloud.run(() =>
                handler(sqsEvent(...batch.map(({ event, id }) => sqsRecord(event, 1, { id }))), lambdaContext),
              );
              if (response === 'crashed') return;
              const again = failuresOf(response);
              for (const message of batch) if (!again.includes(message.id)) queue.splice(queue.indexOf(message), 1);
            }),
          );
          // What comes again comes later.
          queue.push(...queue.splice(0, Math.floor(cloud.random.next() * queue.length)));
        }
        for (const [i, length] of lengths.entries()) {
          const account = await cloud.item('accounts', { pk: `account-${i}` });
          expect(account).toMatchObject({ entries: length, balance: (length * (length + 1)) / 2 });
          const history = account?.history as number[];
          if (inbox.kind !== 'by-id') expect(history).toEqual(Array.from({ length }, (_, s) => s + 1));
        }
        expect(await cloud.item('accounts', { pk: 'all' })).toMatchObject({ entries: events.length });
        expect(await cloud.items('parking')).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('takes events out of SNS notifications and EventBridge events', async () => {
    const raw = deposited('a', 1);
    const notification = { Type: 'Notification', Message: JSON.stringify(deposited('b', 1)) };
    const bridged = { 'detail-type': 'bank.deposited', source: 'bank', detail: deposited('c', 1) };
    const both = { Type: 'Notification', Message: JSON.stringify({ 'detail-type': 'x', detail: deposited('d', 1) }) };
    const response = await ledger(inbox)(sqsEvent(...[raw, notification, bridged, both].map((body) => sqsRecord(body))), lambdaContext);
    expect(response.batchItemFailures).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'all' })).toMatchObject({ entries: 4 });
  });

  it('parks what it cannot read, with payload and reason, and goes on with the rest', async () => {
    const invalid = { ...deposited('bad', 1), data: { account: 'bad', amount: 'much' } };
    const otherVersion = { ...deposited('new', 1), dataschema: 'urn:millrace:bank.deposited:2' };
    const response = await ledger(inbox)(
      sqsEvent(
        sqsRecord('{not json', 1, { id: 'm1' }),
        sqsRecord({ hello: 1 }),
        sqsRecord(invalid),
        sqsRecord(otherVersion),
        sqsRecord(deposited('good', 1)),
      ),
      lambdaContext,
    );
    expect(response.batchItemFailures).toEqual([]);
    const parked = await cloud.items('parking');
    expect(parked).toHaveLength(4);
    expect(parked.find(({ sk }) => sk === 'unreadable/m1')).toMatchObject({
      pk: 'consumer#ledger',
      reason: 'unreadable',
      payload: '{not json',
    });
    expect(parked.find(({ reason, payload }) => reason === 'invalid' && payload === JSON.stringify(invalid))).toMatchObject({
      eventId: 'bank/bad/1',
      correlationid: 'flow-bad',
      detail: expect.stringMatching(/amount must be a number/),
    });
    expect(await cloud.item('accounts', { pk: 'good' })).toMatchObject({ balance: 1 });
  });

  it('tells events of two sources apart, though their ids, subjects and sequences are the same', async () => {
    const ofBank = { ...deposited('a', 1), id: '1' };
    const batch = sqsEvent(sqsRecord(ofBank), sqsRecord({ ...ofBank, source: 'broker' }), sqsRecord({ ...ofBank, source: 'broker' }));
    expect((await ledger(inbox)(batch, lambdaContext)).batchItemFailures).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 2 });
    await ledger(inbox)(sqsEvent(sqsRecord({ ...ofBank, source: 'exchange' })), lambdaContext);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 3 });
  });

  it('parks what DynamoDB would refuse as a key, and goes on with the rest', async () => {
    const long = 'x'.repeat(2_100);
    const batch = sqsEvent(
      ...[{ id: long }, { source: long }, { subject: long }].map((part) => sqsRecord({ ...deposited('b', 1), ...part })),
      sqsRecord(deposited('a', 1)),
    );
    expect((await ledger(inbox)(batch, lambdaContext)).batchItemFailures).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 1 });
    expect((await cloud.items('parking')).map(({ reason }) => reason)).toEqual(['unreadable', 'unreadable', 'unreadable']);
  });

  it('parks an event whose check throws, and only that', async () => {
    const secure = z.string().check(z.refine((text) => new URL(text).protocol === 'https:'));
    const Linked = defineEvent('bank.linked', { version: 1, source: 'bank', subject: () => 'x', data: secure });
    const handler = consumer({ inbox, on: [when(Deposited, add), when(Linked, () => {})] });
    const linked = Linked.create('https://bank.example', { sequence: 1, time: 0, correlationid: 'c' });
    const batch = sqsEvent(sqsRecord({ ...linked, data: 'no address' }), sqsRecord(deposited('a', 1)));
    expect((await handler(batch, lambdaContext)).batchItemFailures).toEqual([]);
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'invalid' }]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 1 });
  });

  it('lets a failing event come again, and parks it with its error before the queue gives it up', async () => {
    let failing = true;
    const handler = consumer({
      inbox,
      failing: 'park',
      on: [
        when(Deposited, (event, unit) => {
          if (failing) throw new Error('the printer is on fire');
          add(event, unit);
        }),
      ],
    });
    const event = deposited('a', 1);
    expect(failuresOf(await handler(sqsEvent(sqsRecord(event, 1, { id: 'm' })), lambdaContext))).toEqual(['m']);
    expect(await cloud.items('parking')).toEqual([]);
    expect(await cloud.items('inbox')).toEqual([]);
    expect((await cloud.items('accounts')).filter(({ balance }) => balance)).toEqual([]);
    expect(failuresOf(await handler(sqsEvent(sqsRecord(event, 5, { id: 'm' })), lambdaContext))).toEqual([]);
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'failing', detail: expect.stringContaining('the printer is on fire') }]);
    failing = false;
    // Released: it comes again as it was, and is handled.
    await handler(sqsEvent(sqsRecord(event, 1)), lambdaContext);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ balance: 1 });
  });

  it('parks a refused event at once', async () => {
    const handler = consumer({
      inbox,
      on: [
        when(Deposited, () => {
          throw new Refusal('no such account');
        }),
      ],
    });
    expect(failuresOf(await handler(sqsEvent(sqsRecord(deposited('a', 1), 1)), lambdaContext))).toEqual([]);
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'refused', detail: 'no such account' }]);
  });

  it('parks an event whose reason is longer than an item, whether it comes or waits', async () => {
    const handler = consumer({
      inbox,
      on: [
        when(Deposited, ({ sequence }) => {
          if (sequence === '2') throw new Refusal('no such account '.repeat(40_000));
        }),
      ],
    });
    for (const [sequence, receives] of [
      [2, 5],
      [1, 1],
    ] as const) {
      expect(failuresOf(await handler(sqsEvent(sqsRecord(deposited('a', sequence), receives)), lambdaContext))).toEqual([]);
    }
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'refused', detail: expect.stringMatching(/^no such account/) }]);
  });

  it('runs the handler again when a condition of its own effects fails, and gives it fresh reads', async () => {
    let runs = 0;
    const handler = consumer({
      inbox,
      on: [
        when(Deposited, (event, unit) => {
          runs += 1;
          add(event, unit);
          if (runs < 3)
            unit.write({ ConditionCheck: { TableName: 'accounts', Key: { pk: 'none' }, ConditionExpression: 'attribute_exists(pk)' } });
        }),
      ],
    });
    expect((await handler(sqsEvent(sqsRecord(deposited('a', 1))), lambdaContext)).batchItemFailures).toEqual([]);
    expect(runs).toBe(3);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 1 });
  });

  it('passes over types that it does not handle', async () => {
    const closed = Closed.create({ account: 'a' }, { sequence: 1, time: 0, correlationid: 'c' });
    const response = await ledger(inbox)(sqsEvent(sqsRecord(closed), sqsRecord(deposited('a', 2))), lambdaContext);
    expect(response.batchItemFailures).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 1 });
  });

  it('stops a FIFO group at its first failure, and only that group', async () => {
    const handler = consumer({
      inbox,
      on: [
        when(Deposited, (event, unit) => {
          if (event.subject === 'a' && event.sequence === '1') throw new Error('later');
          add(event, unit);
        }),
      ],
    });
    const message = (account: string, sequence: number) =>
      sqsRecord(deposited(account, sequence), 1, { id: `${account}${sequence}`, group: account });
    const response = await handler(sqsEvent(message('a', 1), message('b', 1), message('a', 2), message('b', 2)), lambdaContext);
    expect(failuresOf(response).sort()).toEqual(['a1', 'a2']);
    expect(await cloud.item('accounts', { pk: 'b' })).toMatchObject({ entries: 2 });
  });

  it('gives back what it has no time to begin', async () => {
    const hurried = { ...lambdaContext, getRemainingTimeInMillis: () => 100 };
    const response = await ledger(inbox)(sqsEvent(sqsRecord(deposited('a', 1), 5, { id: 'm' })), hurried);
    expect(failuresOf(response)).toEqual(['m']);
    expect(await cloud.items('parking')).toEqual([]);
  });
});

describe('a consumer whose items carry their inbox', () => {
  const single = (write: (unit: UnitOfWork, account: string) => void) =>
    consumer({ inbox: own, on: [when(Deposited, (event, unit) => write(unit, event.data.account))] });

  it('costs one conditional write an event, and no transaction', async () => {
    const handler = single((unit, pk) =>
      unit.write({
        Update: { TableName: 'accounts', Key: { pk }, UpdateExpression: 'ADD entries :one', ExpressionAttributeValues: { ':one': 1 } },
      }),
    );
    for (const sequence of [1, 2, 2, 3]) await handler(sqsEvent(sqsRecord(deposited('a', sequence))), lambdaContext);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 3, 'inbox:ledger/bank:head': 3 });
    expect(cloud.calls.filter(({ operation }) => /Put|Update|Transact/.test(operation)).map(({ operation }) => operation)).toEqual([
      'UpdateItem',
      'UpdateItem',
      'UpdateItem',
    ]);
    expect(await cloud.items('inbox')).toEqual([]);
  });

  it('carries it in a put that creates the item, under the handler’s own condition, and in no other put', async () => {
    let closed = true;
    const handler = single((unit, pk) =>
      unit.write({
        Put: {
          TableName: 'accounts',
          Item: { pk, open: true },
          ConditionExpression: closed ? 'attribute_exists(#never)' : 'attribute_not_exists(#never)',
          ExpressionAttributeNames: { '#never': 'never' },
        },
      }),
    );
    expect(failuresOf(await handler(sqsEvent(sqsRecord(deposited('a', 1), 1, { id: 'm' })), lambdaContext))).toEqual(['m']);
    expect(await cloud.item('accounts', { pk: 'a' })).toBeUndefined();
    closed = false;
    await handler(sqsEvent(sqsRecord(deposited('a', 1))), lambdaContext);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ open: true, 'inbox:ledger/bank:head': 1 });
    // Another consumer's record is in the item by now.
    await consumer({ name: 'other', inbox: own, on: [] })(sqsEvent(sqsRecord(deposited('a', 1))), lambdaContext);
    await handler(sqsEvent(sqsRecord(deposited('a', 2), 5)), lambdaContext);
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'failing', detail: expect.stringContaining('Update it.') }]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ 'inbox:other/bank:head': 1, 'inbox:ledger/bank:head': 1 });
  });

  it('carries it in the put of an event that comes after one behind it was parked, and keeps the records of others', async () => {
    await consumer({ name: 'other', inbox: own, on: [] })(sqsEvent(sqsRecord(deposited('a', 1))), lambdaContext);
    const opened = vi.fn();
    const handler = consumer({
      inbox: own,
      on: [
        when(Deposited, ({ sequence, data }, unit) => {
          opened(sequence);
          if (sequence !== '1') return;
          unit.write({
            Put: {
              TableName: 'accounts',
              Item: { pk: data.account, open: true, note: undefined },
              ConditionExpression: 'attribute_not_exists(#open)',
              ExpressionAttributeNames: { '#open': 'open' },
            },
          });
        }),
      ],
    });
    await handler(sqsEvent(sqsRecord(deposited('a', 2), 5)), lambdaContext);
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'gap' }]);
    await handler(sqsEvent(sqsRecord(deposited('a', 1))), lambdaContext);
    expect(opened.mock.calls).toEqual([['1'], ['2']]);
    expect(await cloud.items('parking')).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({
      open: true,
      'inbox:ledger/bank:head': 2,
      'inbox:other/bank:head': 1,
    });
  });

  it('tells a clause of an update from placeholders of the same name', async () => {
    const handler = single((unit, pk) =>
      unit.write({
        Update: {
          TableName: 'accounts',
          Key: { pk },
          UpdateExpression: 'ADD #set :set SET #reset = :set',
          ExpressionAttributeNames: { '#set': 'set', '#reset': 'reset' },
          ExpressionAttributeValues: { ':set': 1 },
        },
      }),
    );
    expect((await handler(sqsEvent(sqsRecord(deposited('a', 1))), lambdaContext)).batchItemFailures).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ set: 1, reset: 1, 'inbox:ledger/bank:head': 1 });
  });

  it('lets an event come again that a throttled table kept out, however often, and parks it for nothing of the kind', async () => {
    cloud.faults = ({ operation, input }) =>
      /Transact|Put|Update/.test(operation) && JSON.stringify(input).includes('accounts') ? 'throttle' : undefined;
    const handler = ledger(own);
    expect(failuresOf(await handler(sqsEvent(sqsRecord(deposited('a', 1), 5, { id: 'm' })), lambdaContext))).toEqual(['m']);
    expect(await cloud.items('parking')).toEqual([]);
  });

  it('parks what belongs into an item that DynamoDB would refuse to look for, and goes on with the rest', async () => {
    const nameless = inItem(({ subject }) => ({ table: 'accounts', key: { pk: subject === 'x' ? '' : subject } }));
    const batch = sqsEvent(sqsRecord(deposited('x', 1)), sqsRecord(deposited('a', 1)));
    expect((await ledger(nameless)(batch, lambdaContext)).batchItemFailures).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 1 });
    expect(await cloud.items('parking')).toMatchObject([{ sk: 'bank/x/0000000000000001', detail: expect.stringContaining('not empty') }]);
    const place = { client: documentClient(), parkingTable: 'parking', headsTable: 'inbox', item: nameless.item, send: async () => {} };
    expect(await dropParked(place, 'consumer#ledger', 'bank/x/0000000000000001')).toEqual({ ok: true });
  });

  it('notes an event without effect, and refuses to delete what carries it', async () => {
    await single(() => {})(sqsEvent(sqsRecord(deposited('a', 1))), lambdaContext);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ 'inbox:ledger/bank:head': 1 });
    await single((unit, pk) => unit.write({ Delete: { TableName: 'accounts', Key: { pk } } }))(
      sqsEvent(sqsRecord(deposited('a', 2), 5)),
      lambdaContext,
    );
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'failing', detail: expect.stringContaining('Mark it as deleted') }]);
  });
});

describe.each([
  ['the inbox table', bySequence()],
  ['its own items', own],
])('a consumer in subject order, with heads in %s', (_name, inbox) => {
  const handler = ledger(inbox);
  const send = (account: string, sequence: number, receives = 1) =>
    handler(sqsEvent(sqsRecord(deposited(account, sequence), receives, { id: `${account}${sequence}` })), lambdaContext);

  it('puts a batch in order', async () => {
    const response = await handler(sqsEvent(...[3, 1, 2].map((sequence) => sqsRecord(deposited('a', sequence)))), lambdaContext);
    expect(response.batchItemFailures).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ history: [1, 2, 3] });
  });

  it('holds an event that is early, parks it when its predecessor does not come, and handles it by itself when that does', async () => {
    expect(failuresOf(await send('a', 2))).toEqual(['a2']);
    expect(failuresOf(await send('a', 2, 5))).toEqual([]);
    // What comes behind a parked event is parked at once.
    expect(failuresOf(await send('a', 3, 1))).toEqual([]);
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'gap' }, { reason: 'behind' }]);
    expect((await cloud.item('accounts', { pk: 'a' }))?.history).toBeUndefined();
    expect(failuresOf(await send('a', 1))).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ history: [1, 2, 3] });
    expect(await cloud.items('parking')).toEqual([]);
    // Nothing is left of it: the next one goes straight through.
    expect(failuresOf(await send('a', 5))).toEqual(['a5']);
  });

  it('stops only the subject of a poison event, and keeps what follows in its place until it is released', async () => {
    const poison = { ...deposited('a', 1), data: {} };
    await handler(sqsEvent(sqsRecord(poison), sqsRecord(deposited('a', 2)), sqsRecord(deposited('b', 1))), lambdaContext);
    await send('a', 3);
    expect((await cloud.items('parking')).map(({ sk, reason }) => [sk, reason])).toEqual([
      ['bank/a/0000000000000001', 'invalid'],
      ['bank/a/0000000000000002', 'behind'],
      ['bank/a/0000000000000003', 'behind'],
    ]);
    expect(await cloud.item('accounts', { pk: 'b' })).toMatchObject({ entries: 1 });
    // Edited and released: it comes again, and the rest follows.
    await send('a', 1);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ history: [1, 2, 3] });
    expect(await cloud.items('parking')).toEqual([]);
  });

  it('leaves nothing parked of what can be handled, in whatever order it comes, though the function is killed, throttled or short of time', async () => {
    const scenario = fc.record({
      seed: fc.integer({ min: 1, max: 1e9 }),
      faults: fc.array(fc.constantFrom<Fault | undefined>(undefined, undefined, undefined, 'crash-before', 'crash-after', 'throttle'), {
        maxLength: 40,
      }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, faults }) => {
        cloud = makeCloud(seed);
        cloud.faults = (_call, count) => faults[count - 1];
        const queue = [1, 2, 3, 4, 5, 6].map((sequence) => ({ sequence, order: cloud.random.next() })).sort((a, b) => a.order - b.order);
        for (let round = 0; queue.length > 0; round += 1) {
          expect(round).toBeLessThan(100);
          await Promise.all(
            queue.slice(0, 2).map(async (message) => {
              // Seldom enough to wait for its predecessor in the queue: what is early is parked.
              const batch = sqsEvent(sqsRecord(deposited('a', message.sequence), 5));
              const context = { ...lambdaContext, getRemainingTimeInMillis: () => (cloud.random.next() < 0.5 ? 1_900 : 60_000) };
              const response = await cloud.run(() => handler(batch, context));
              if (response !== 'crashed' && failuresOf(response).length === 0) queue.splice(queue.indexOf(message), 1);
            }),
          );
          queue.push(...queue.splice(0, Math.floor(cloud.random.next() * queue.length)));
        }
        expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ history: [1, 2, 3, 4, 5, 6] });
        expect(await cloud.items('parking')).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('handles an event that waits with as many effects as one that does not', async () => {
    const many = consumer({
      inbox,
      on: [
        when(Deposited, (_event, unit) => {
          for (let i = 0; i < 99; i += 1) {
            const ExpressionAttributeValues = { ':one': 1 };
            unit.write({
              Update: { TableName: 'accounts', Key: { pk: `row-${i}` }, UpdateExpression: 'ADD entries :one', ExpressionAttributeValues },
            });
          }
        }),
      ],
    });
    await many(sqsEvent(sqsRecord(deposited('a', 2), 5)), lambdaContext);
    expect(failuresOf(await many(sqsEvent(sqsRecord(deposited('a', 1))), lambdaContext))).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'row-98' })).toMatchObject({ entries: 2 });
    expect(await cloud.items('parking')).toEqual([]);
  });

  it('goes on with what waits when the function had no time for it, at the next event of the subject', async () => {
    await handler(sqsEvent(sqsRecord({ ...deposited('a', 1), data: {} })), lambdaContext);
    for (let sequence = 2; sequence <= 30; sequence += 1) await send('a', sequence);
    const hurried = { ...lambdaContext, getRemainingTimeInMillis: () => 1_900 };
    const released = sqsEvent(sqsRecord(deposited('a', 1), 1, { id: 'm' }));
    // It is handled, and comes again for the sake of what waits.
    expect(failuresOf(await handler(released, hurried))).toEqual(['m']);
    expect(failuresOf(await send('a', 31))).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 31 });
    expect(await cloud.items('parking')).toEqual([]);
    expect(failuresOf(await handler(released, lambdaContext))).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ entries: 31 });
  });

  it('tries what waits and fails once more when its predecessor comes again, and at last gives it the reason that it has', async () => {
    let failures = 1;
    const flaky = consumer({
      inbox,
      on: [
        when(Deposited, (event, unit) => {
          if (event.sequence === '2' && failures > 0) {
            failures -= 1;
            throw new Error('the printer is on fire');
          }
          add(event, unit);
        }),
      ],
    });
    const come = async (account: string, sequence: number, receives = 1) =>
      failuresOf(await flaky(sqsEvent(sqsRecord(deposited(account, sequence), receives, { id: 'm' })), lambdaContext));
    for (const account of ['a', 'b']) {
      await flaky(sqsEvent(sqsRecord({ ...deposited(account, 1), data: {} }), sqsRecord(deposited(account, 2))), lambdaContext);
    }
    expect(await come('a', 1)).toEqual(['m']);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ history: [1] });
    expect(await come('a', 1, 2)).toEqual([]);
    expect(await cloud.item('accounts', { pk: 'a' })).toMatchObject({ history: [1, 2] });
    expect((await cloud.items('parking')).map(({ sk }) => sk)).not.toContain('bank/a/0000000000000002');

    failures = 10;
    expect(await come('b', 1)).toEqual(['m']);
    expect(await come('b', 1, 5)).toEqual([]);
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'failing', detail: expect.stringContaining('the printer is on fire') }]);
    // It waits for a person now: what comes behind it does not try it again.
    expect(await come('b', 3)).toEqual([]);
    expect(failures).toBe(8);
  });

  it('keeps subjects apart whose names begin alike', async () => {
    const poison = (account: string) => sqsRecord({ ...deposited(account, 1), data: {} });
    await handler(sqsEvent(poison('c'), poison('c/5'), sqsRecord(deposited('c/5', 2))), lambdaContext);
    await send('c', 1);
    expect(await cloud.item('accounts', { pk: 'c' })).toMatchObject({ history: [1] });
    expect(failuresOf(await send('c', 3))).toEqual(['c3']);
    expect((await cloud.items('parking')).map(({ sk, reason }) => [sk, reason])).toEqual([
      ['bank/c%2F5/0000000000000001', 'invalid'],
      ['bank/c%2F5/0000000000000002', 'behind'],
    ]);
  });

  it('does not grow with the number of events', async () => {
    for (let sequence = 1; sequence <= 20; sequence += 1) await send('a', sequence);
    expect(await cloud.items('inbox')).toHaveLength(inbox.kind === 'in-item' ? 0 : 1);
  });
});

describe('a consumer that remembers ids', () => {
  it('forgets after its time', async () => {
    const handler = ledger(byId({ ttlDays: 1 }));
    await handler(sqsEvent(sqsRecord(deposited('a', 1))), lambdaContext);
    const [marker] = await cloud.items('inbox');
    expect(marker).toMatchObject({ pk: 'ledger#id#bank/bank/a/1' });
    const seconds = Number(marker?.expiresAt) - Date.now() / 1000;
    expect(seconds).toBeGreaterThan(86_300);
    expect(seconds).toBeLessThan(86_500);
  });

  it('leaves an event that keeps failing to the dead-letter queue, with nothing parked and nothing remembered', async () => {
    const handler = consumer({
      on: [
        when(Deposited, () => {
          throw new Error('the printer is on fire');
        }),
      ],
    });
    const event = deposited('a', 1);
    for (const receives of [1, 4, 5]) {
      expect(failuresOf(await handler(sqsEvent(sqsRecord(event, receives, { id: 'm' })), lambdaContext))).toEqual(['m']);
    }
    expect([await cloud.items('parking'), await cloud.items('inbox')]).toEqual([[], []]);
  });

  it('makes a transaction too large an error that says what to do', async () => {
    const handler = consumer({
      failing: 'park',
      on: [
        when(Deposited, (_event, unit) => {
          for (let i = 0; i < 100; i += 1) unit.write({ Put: { TableName: 'accounts', Item: { pk: `row-${i}` } } });
        }),
      ],
    });
    await handler(sqsEvent(sqsRecord(deposited('a', 1), 5)), lambdaContext);
    expect(await cloud.items('parking')).toMatchObject([{ reason: 'failing', detail: expect.stringContaining('Split the event') }]);
  });
});
