import { expect, it } from 'vitest';
import { deliveryOf } from '../../../lambdas/runtime/consumer/delivery.ts';
import { parkAlone } from '../../../lambdas/runtime/consumer/park-alone.ts';
import { readEvent, when } from '../../../lambdas/runtime/consumer/when.ts';
import type { Log } from '../../../lambdas/runtime/context/index.ts';
import { documentClient } from '../../../lambdas/runtime/index.ts';
import { TestCloud } from './cloud.ts';
import { Deposited, deposited, sqsRecord } from './events.ts';

it.each([
  ['an event that breaks its contract', { ...deposited('bad', 1), data: { account: 'bad', amount: 'much' } }, /amount must be a number/],
  ['a message that is no event', { hello: 1 }, /./],
])('says in the log that it parked %s, and why', async (_what, body, why) => {
  const cloud = new TestCloud(1);
  cloud.table('parking', ['pk', 'sk']);
  const lines: unknown[][] = [];
  const none = () => {};
  const log: Log = { debug: none, info: none, error: none, warn: (...line) => lines.push(line), with: () => log };
  const registrations = [when(Deposited, none)];
  const delivery = deliveryOf(sqsRecord(body, 1, { id: 'm1' }));
  const reading = readEvent(body, registrations);
  if (reading.kind !== 'invalid' && reading.kind !== 'unreadable') throw new Error('It can be read.');
  const parts = {
    name: 'ledger',
    owner: 'consumer#ledger',
    registrations,
    client: documentClient(),
    inboxTable: 'inbox',
    parkingTable: 'parking',
    maxReceives: 6,
    failing: 'park' as const,
    log,
    requestId: 'request-1',
    remainingMs: () => 60_000,
  };
  await parkAlone(parts, { delivery, reading }, reading.kind, reading.detail);
  const line = { messageId: 'm1', reason: reading.kind, detail: expect.stringMatching(why) };
  expect(lines).toEqual([['Parked an event', expect.objectContaining(line)]]);
  expect(await cloud.items('parking')).toMatchObject([{ reason: reading.kind }]);
});
