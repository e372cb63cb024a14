import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { transact } from '../../../lambdas/runtime/inbox/transact.ts';
import {
  byId,
  bySequence,
  change,
  consumer,
  documentClient,
  dropParked,
  type InboxStrategy,
  inItem,
  type ParkingPlace,
  project,
  projection,
  releaseParked,
  skipMissing,
  when,
} from '../../../lambdas/runtime/index.ts';
import { findParked, listParked, parkWrites, removeParked } from '../../../lambdas/runtime/parking/store.ts';
import { lambdaContext, TestCloud } from './cloud.ts';
import { Deposited, deposited, sqsEvent, sqsRecord } from './events.ts';

process.env.MILLRACE_CONSUMER = 'ledger';
process.env.MILLRACE_PROJECTION = 'ledger';
process.env.MILLRACE_INBOX_TABLE = 'inbox';
process.env.MILLRACE_PARKING_TABLE = 'parking';
process.env.MILLRACE_PROJECTION_TABLE = 'rows';
process.env.MILLRACE_MAX_RECEIVES = '6';

let cloud: TestCloud;

beforeEach(() => {
  cloud = new TestCloud();
  cloud.table('inbox');
  cloud.table('rows', ['pk', 'sk']);
  cloud.table('parking', ['pk', 'sk']);
});

const id = (sequence: number): string => `bank/a/${String(sequence).padStart(16, '0')}`;
const bad = { ...deposited('a', 1), data: {} };

/** Consumers and projections alike keep, for account `a`, the sequences they have taken in. */
const ledger = (inbox: InboxStrategy) =>
  consumer({
    inbox,
    on: [
      when(Deposited, (event, unit) => {
        const key = { pk: 'a', sk: 'history' };
        unit.write({
          Update: {
            TableName: 'rows',
            Key: key,
            UpdateExpression: 'SET history = list_append(if_not_exists(history, :none), :one)',
            ExpressionAttributeValues: { ':none': [], ':one': [Number(event.sequence)] },
          },
        });
      }),
    ],
  });

const view = projection({
  on: [
    project(Deposited, ({ sequence }) => [
      change<{ history: number[] }>({ pk: 'a', sk: 'history' }, (row) => ({ history: [...(row?.history ?? []), Number(sequence)] })),
    ]),
  ],
});

/** A consumer's own item of a subject. */
const item = ({ subject }: { readonly subject: string }) => ({ table: 'rows', key: { pk: subject, sk: 'history' } });

const history = async () => (await cloud.item('rows', { pk: 'a', sk: 'history' }))?.history;

describe.each([
  ['a consumer in subject order', 'consumer#ledger', { headsTable: 'inbox' }, ledger(bySequence())],
  ['a consumer whose items carry its inbox', 'consumer#ledger', { headsTable: 'inbox', item }, ledger(inItem(item))],
  ['a projection', 'projection#ledger', { headsTable: 'rows' }, view],
] as const)('what %s has parked', (_name, owner, heads, handler) => {
  const send = (body: unknown, receives = 1) => handler(sqsEvent(sqsRecord(body, receives)), lambdaContext);
  const place = (): ParkingPlace => ({
    client: documentClient(),
    parkingTable: 'parking',
    ...heads,
    send: async (payload) => {
      await send(payload);
    },
  });

  it('is released, repaired, and what waits behind it follows', async () => {
    await send(bad);
    await send(deposited('a', 2));
    expect(await releaseParked(place(), owner, id(2))).toEqual({ ok: false, reason: 'not-first', first: 1 });
    expect(await releaseParked(place(), owner, id(1), { payload: JSON.stringify(deposited('a', 1)) })).toEqual({ ok: true });
    expect(await history()).toEqual([1, 2]);
    expect(await cloud.items('parking')).toEqual([]);
    expect(await releaseParked(place(), owner, id(1))).toEqual({ ok: false, reason: 'not-found' });
  });

  it('stays where it is when it was not repaired', async () => {
    await send(bad);
    expect(await releaseParked(place(), owner, id(1))).toEqual({ ok: true });
    expect(await cloud.items('parking')).toMatchObject([{ sk: id(1), reason: 'invalid' }]);
  });

  it('is dropped, and what waits behind it follows', async () => {
    await send(bad);
    await send(deposited('a', 2));
    await send(deposited('a', 3));
    expect(await dropParked(place(), owner, id(2))).toMatchObject({ reason: 'not-first' });
    expect(await dropParked(place(), owner, id(1))).toEqual({ ok: true });
    expect(await history()).toEqual([2, 3]);
    expect(await cloud.items('parking')).toEqual([]);
    await send(deposited('a', 4));
    expect(await history()).toEqual([2, 3, 4]);
  });

  it('goes on without the events that never came', async () => {
    await send(deposited('a', 3), 5);
    await send(deposited('a', 4));
    expect(await skipMissing(place(), owner, id(4))).toMatchObject({ reason: 'not-first' });
    expect(await skipMissing(place(), owner, id(3))).toEqual({ ok: true });
    expect(await history()).toEqual([3, 4]);
    expect(await cloud.items('parking')).toEqual([]);
  });
});

describe('what is parked in no order', () => {
  const handler = ledger(byId());
  const place = (): ParkingPlace => ({
    client: documentClient(),
    parkingTable: 'parking',
    headsTable: 'inbox',
    send: async (payload) => {
      await handler(sqsEvent(sqsRecord(payload)), lambdaContext);
    },
  });

  it('is released and dropped by itself', async () => {
    await handler(sqsEvent(sqsRecord(bad), sqsRecord('garbage', 1, { id: 'm1' })), lambdaContext);
    expect(await releaseParked(place(), 'consumer#ledger', id(1), { payload: JSON.stringify(deposited('a', 1)) })).toEqual({ ok: true });
    expect(await dropParked(place(), 'consumer#ledger', 'unreadable/m1')).toEqual({ ok: true });
    expect(await history()).toEqual([1]);
    expect(await cloud.items('parking')).toEqual([]);
  });

  it('stays where it is when it was not repaired', async () => {
    await handler(sqsEvent(sqsRecord(bad, 1, { id: 'm1' })), lambdaContext);
    expect(await releaseParked(place(), 'consumer#ledger', id(1))).toEqual({ ok: true });
    expect(await cloud.items('parking')).toMatchObject([{ sk: id(1), reason: 'invalid' }]);
  });
});

describe('a parking entry', () => {
  const entry = (payload: string) => ({ owner: 'o', id: 'i', reason: 'unreadable' as const, detail: '', payload, parkedAt: 1, origin: '' });
  const park = (payload: string) => transact(documentClient(), parkWrites('parking', entry(payload)));

  it('keeps payloads beyond the size of an item, compressed', async () => {
    const payload = 'flight '.repeat(150_000);
    await park(payload);
    expect(await cloud.items('parking')).toHaveLength(1);
    expect((await findParked(documentClient(), 'parking', 'o', 'i'))?.payload).toBe(payload);
  });

  it('keeps payloads that do not fit an item even so, in parts that come and go with it', async () => {
    const large = randomBytes(1_200_000).toString('base64');
    const smaller = randomBytes(500_000).toString('base64');
    await park(large);
    expect(await findParked(documentClient(), 'parking', 'o', 'i')).toEqual(entry(large));
    await park(smaller);
    expect((await listParked(documentClient(), 'parking', 'o')).parked).toEqual([entry(smaller)]);
    expect(await removeParked(documentClient(), 'parking', entry(smaller))).toBe(true);
    expect(await cloud.items('parking')).toEqual([]);
  });

  it('is refused beyond what one transaction takes', () => {
    expect(() => parkWrites('parking', entry(randomBytes(5_000_000).toString('base64')))).toThrow(/the parking table takes/);
  });
});
