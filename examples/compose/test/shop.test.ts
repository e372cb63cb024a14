import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { openPlace, type Place } from './place.ts';

let shop: Place;
before(async () => {
  shop = await openPlace();
});
after(() => shop.stop());

test('an order is committed, announced on the own bus, confirmed by the saga, and packed from the own queue', async () => {
  const orderId = randomUUID();
  assert.deepEqual(await place({ orderId, article: 'lamp', pieces: 3 }), { placed: true });

  const parcel = await shop.find('parcel', () => item('WarehouseTable', { pk: `parcel#${orderId}` }));
  assert.deepEqual([parcel.article, parcel.pieces], ['lamp', 3]);
  assert.equal(await statusOf(orderId, 'confirmed'), 'confirmed');
  assert.deepEqual(await accounted(orderId, 2), ['shop.order.confirmed', 'shop.order.placed']);
  await executionOf(orderId);
});

test('an order comes twice and is taken once', async () => {
  const orderId = randomUUID();
  const order = { orderId, article: `chair-${orderId}`, pieces: 2 };
  assert.deepEqual(await place(order), { placed: true });
  assert.deepEqual(await place(order), { placed: false });

  const parcel = await shop.find('parcel', () => item('WarehouseTable', { pk: `parcel#${orderId}` }));
  assert.equal(parcel.pieces, 2);
  const stock = await item('WarehouseTable', { pk: `article#${order.article}` });
  assert.equal(stock?.pieces, -2);
  assert.deepEqual(await accounted(orderId, 2), ['shop.order.confirmed', 'shop.order.placed']);
});

test('an order that a step refuses is cancelled, and nothing of it remains', async () => {
  const orderId = randomUUID();
  const article = `table-${orderId}`;
  assert.deepEqual(await place({ orderId, article, pieces: 101 }), { placed: true });

  assert.equal(await statusOf(orderId, 'cancelled'), 'cancelled');
  assert.deepEqual(await accounted(orderId, 2), ['shop.order.cancelled', 'shop.order.placed']);
  await executionOf(orderId);
  assert.equal(await item('WarehouseTable', { pk: `article#${article}` }), undefined);
  assert.equal(await item('WarehouseTable', { pk: `parcel#${orderId}` }), undefined);
});

async function place(order: object): Promise<unknown> {
  const answer = await shop.lambda.send(new InvokeCommand({ FunctionName: output('Place'), Payload: Buffer.from(JSON.stringify(order)) }));
  const text = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError) throw new Error(text);
  return JSON.parse(text);
}

async function item(table: string, Key: Record<string, string>): Promise<Record<string, unknown> | undefined> {
  const { Item } = await shop.dynamodb.send(new GetCommand({ TableName: output(table), Key, ConsistentRead: true }));
  return Item;
}

/** The order's status, once it is the expected one. */
function statusOf(orderId: string, expected: string): Promise<unknown> {
  return shop.find(`${expected} order`, async () => {
    const order = (await item('OrdersTable', { orderId })) as { state: { status: string } } | undefined;
    return order?.state.status === expected ? expected : undefined;
  });
}

/** Types of the events that came to accounting's queue about an order, once there are `count` different ones. */
const seen = new Map<string, Set<string>>();
function accounted(orderId: string, count: number): Promise<string[]> {
  return shop.find(`${count} events about the order in accounting's queue`, async () => {
    for (;;) {
      const QueueUrl = output('AccountingQueue');
      const { Messages = [] } = await shop.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) break;
      for (const { Body = '', ReceiptHandle } of Messages) {
        const { 'detail-type': type, detail } = JSON.parse(Body) as { 'detail-type': string; detail: { subject: string } };
        seen.set(detail.subject, (seen.get(detail.subject) ?? new Set()).add(type));
        await shop.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
    const types = [...(seen.get(orderId) ?? [])].sort();
    return types.length >= count ? types : undefined;
  });
}

/** Waits for the order's saga to have completed. */
function executionOf(orderId: string): Promise<unknown> {
  return shop.find('completed saga of the order', async () => {
    const done = await shop.sfn.send(new ListExecutionsCommand({ stateMachineArn: output('OrderSaga'), statusFilter: 'SUCCEEDED' }));
    return done.executions?.find(({ name }) => name?.includes(orderId));
  });
}

function output(key: string): string {
  const value = shop.outputs[key];
  assert.ok(value, `The stack has no output ${key}.`);
  return value;
}
