import { StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { BookingConfirmed, BookingRequested } from '../../../examples/globalair/booking/events.ts';
import { book, customer, decided, freshFlight, getItem, mails, named, payments, points, scan, seatsTaken } from '../airline.ts';
import { depth, drained, queueArn, resend, send } from '../queues.ts';
import type { World } from '../world.ts';
import { type Scenario, scenario } from './scenario.ts';

/** Sets how the mail server treats a customer's mailbox: full, or greylisted for a number of tries. */
async function setMailbox(world: World, customerId: string, state: Record<string, unknown>): Promise<void> {
  const Item = { pk: `mailbox#${customerId}`, ...state };
  await world.aws.dynamodb.send(new PutCommand({ TableName: named(world, 'MailTable'), Item }));
}

/** Books for a customer whose mailbox is full, and waits until the mail service has given the message up. */
async function poisonMail(world: World): Promise<{ customerId: string; bookingId: string }> {
  const customerId = customer('mailbox-full');
  await setMailbox(world, customerId, { full: true });
  const bookingId = await book(world, { customerId, flightId: await freshFlight(), seats: 1, paymentToken: 'tok_visa' });
  await decided(world, bookingId);
  await world.eventually('the message is in the dead-letter queue', async () =>
    (await depth(world, 'MailDlqUrl')) === 1 ? true : undefined,
  );
  expect(await mails(world, bookingId)).toEqual([]);
  return { customerId, bookingId };
}

async function emptyMailbox(world: World, customerId: string): Promise<void> {
  await setMailbox(world, customerId, {});
}

/** One mail about the booking, and nothing left over in the queues. */
async function expectMail(world: World, bookingId: string): Promise<void> {
  await world.eventually(`the mail about ${bookingId}`, async () => ((await mails(world, bookingId)).length === 1 ? true : undefined));
  await drained(world, 'MailQueueUrl');
  await drained(world, 'MailDlqUrl');
}

export const deliveryScenarios: readonly Scenario[] = [
  scenario('a consumer that fails twice delivers the third time, once', async (world) => {
    const customerId = customer('greylisted');
    await setMailbox(world, customerId, { greylist: 2 });
    const bookingId = await book(world, { customerId, flightId: await freshFlight(), seats: 1, paymentToken: 'tok_visa' });
    await decided(world, bookingId);
    await world.eventually(`the mail to ${customerId}`, async () => ((await mails(world, bookingId)).length > 0 ? true : undefined));
    await drained(world, 'MailQueueUrl');
    expect(await mails(world, bookingId)).toHaveLength(1);
    expect(await getItem(world, 'MailTable', { pk: `mailbox#${customerId}` })).toMatchObject({ greylist: 0 });
    expect(await depth(world, 'MailDlqUrl')).toBe(0);
  }),

  scenario('a poison message goes to the dead-letter queue, and its effect comes when it is sent again', async (world) => {
    const { customerId, bookingId } = await poisonMail(world);
    await emptyMailbox(world, customerId);
    await resend(world, 'MailDlqUrl', 'MailQueueUrl');
    await expectMail(world, bookingId);
  }),

  scenario(
    "a poison message comes back by the queue's own redrive",
    async (world) => {
      const { customerId, bookingId } = await poisonMail(world);
      await emptyMailbox(world, customerId);
      await world.aws.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: await queueArn(world, 'MailDlqUrl') }));
      await expectMail(world, bookingId);
    },
    ['redrive'],
  ),

  scenario('a message that is no event is parked with its payload, and stops nobody', async (world) => {
    const payload = `not an event ${customer()}`;
    await send(world, 'MailQueueUrl', payload);
    await world.eventually('the payload is parked', async () => {
      const found = (await parked(world)).find((item) => String(item.payload).includes(payload));
      return found && String(found.reason) !== '' ? true : undefined;
    });
    await drained(world, 'MailQueueUrl');
  }),

  scenario('a duplicate of every event at every queue changes nothing', async (world) => {
    const flightId = await freshFlight();
    const booking = { customerId: customer(), flightId, seats: 2 };
    const bookingId = await book(world, { ...booking, paymentToken: 'tok_visa' });
    await decided(world, bookingId);
    await world.eventually(`everything about ${bookingId} has happened`, async () => {
      const seen = await everythingAbout(world, bookingId, booking);
      return seen.mails === 1 && seen.points === 200 && seen.analytics !== undefined && seen.member !== undefined ? true : undefined;
    });
    const before = await everythingAbout(world, bookingId, booking);

    const time = Date.now();
    const requested = BookingRequested.create(
      { bookingId, ...booking, paymentToken: 'tok_visa' },
      { sequence: 1, time, correlationid: bookingId },
    );
    const confirmed = BookingConfirmed.create(
      { bookingId, ...booking, ticketNumber: 'again' },
      { sequence: 2, time, correlationid: bookingId },
    );
    const queues = ['BookingSagaQueueUrl', 'MailQueueUrl', 'LoyaltyQueueUrl', 'AnalyticsQueueUrl'];
    await send(world, 'BookingSagaQueueUrl', requested);
    for (const queue of queues.slice(1)) for (let i = 0; i < 2; i += 1) await send(world, queue, confirmed);
    for (const queue of queues) await drained(world, queue);

    expect(await everythingAbout(world, bookingId, booking)).toEqual(before);
  }),
];

async function parked(world: World): Promise<Record<string, unknown>[]> {
  return scan(world, 'ParkingTable');
}

async function everythingAbout(world: World, bookingId: string, booking: { customerId: string; flightId: string }) {
  return {
    seats: await seatsTaken(world, booking.flightId),
    payments: (await payments(world, bookingId)).map(({ status }) => status),
    points: await points(world, booking.customerId),
    mails: (await mails(world, bookingId)).length,
    analytics: await getItem(world, 'AnalyticsTable', { pk: booking.flightId }),
    member: await getItem(world, 'MembersTable', { pk: booking.customerId }),
    booking: (await world.request('GET', `/bookings/${bookingId}`)).body,
  };
}
