import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { deliverTwice, FAULTS, injectFault } from 'millrace/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flightRecords } from '../../examples/globalair/flights/ingest.ts';
import { book, customer, mails, named, payments, points, scan, seatsTaken } from './airline.ts';
import { type LocalWorld, localWorld } from './local-world.ts';

const FLIGHT = 'SFO-LAX-20010101-0655';

let world: LocalWorld;
beforeEach(async () => {
  world = await localWorld();
  const row = { date: '2001/01/01 06:55', delay: 0, distance: 337, origin: 'SFO', destination: 'LAX' };
  const { partitionKey, payload } = flightRecords(() => world.cloud.kernel.now())(row);
  await world.aws.kinesis.send(
    new PutRecordCommand({
      StreamName: named(world, 'FlightStream'),
      PartitionKey: partitionKey,
      Data: Buffer.from(JSON.stringify(payload)),
    }),
  );
  await world.cloud.settle();
});
afterEach(() => world.cloud.stop());

/** Books two seats, lets everything happen, and tells what is left behind. */
async function bookTwoSeats(paymentToken = 'tok_visa') {
  const customerId = customer();
  const bookingId = await book(world, { customerId, flightId: FLIGHT, seats: 2, paymentToken });
  await world.cloud.settle();
  return { bookingId, ...(await leftBehind(bookingId, customerId)) };
}

async function leftBehind(bookingId: string, customerId: string) {
  const { body } = await world.request('GET', `/bookings/${bookingId}`);
  return {
    status: body.status as string,
    seats: await seatsTaken(world, FLIGHT),
    held: (await payments(world, bookingId)).filter(({ status }) => status === 'held').length,
    points: await points(world, customerId),
    mails: (await mails(world, bookingId)).map(({ what }) => what),
    parked: (await scan(world, 'ParkingTable')).length,
  };
}

const CONFIRMED = { status: 'confirmed', seats: 2, held: 1, points: 200, mails: ['booking-confirmed'], parked: 0 };
const REJECTED = { status: 'rejected', seats: 0, held: 0, points: 0, mails: ['booking-rejected'], parked: 0 };

describe('a step of the saga that fails for a while', () => {
  for (const step of ['ReserveSeat', 'AuthorisePayment', 'IssueTicket', 'CreditPoints']) {
    it.each(FAULTS)(`${step}: the booking is confirmed, everything once (%s)`, async (fault) => {
      // Two whole tries of the function, with the SDK's own three attempts in each of them.
      const { hits } = injectFault(world.cloud, { function: step, fault, times: fault.startsWith('hangs') ? 2 : 6 });
      expect(await bookTwoSeats()).toMatchObject(CONFIRMED);
      expect(hits()).toBeGreaterThan(0);
      expect(world.cloud.pending()).toEqual([]);
    });
  }

  it.each(FAULTS)('RejectBooking: the booking is rejected, everything given back (%s)', async (fault) => {
    const { hits } = injectFault(world.cloud, { function: 'RejectBooking', fault, times: fault.startsWith('hangs') ? 2 : 6 });
    expect(await bookTwoSeats('tok_declined')).toMatchObject(REJECTED);
    expect(hits()).toBeGreaterThan(0);
  });
});

describe('a step of the saga that fails for ever', () => {
  // Long enough for seven tries of the step, and too short for the eleven of its compensation.
  it.each([
    ['ReserveSeat', 12],
    ['AuthorisePayment', 3],
  ])('before the pivot: what was done is taken back (%s)', async (step, minutes) => {
    const { stop } = injectFault(world.cloud, { function: step, fault: 'hangs-before' });
    const customerId = customer();
    const bookingId = await book(world, { customerId, flightId: FLIGHT, seats: 2, paymentToken: 'tok_visa' });
    // Compensating the step itself needs its table back.
    await world.cloud.advance({ minutes });
    stop();
    await world.cloud.settle();
    expect(await leftBehind(bookingId, customerId)).toMatchObject(REJECTED);
  });

  it('at the pivot: nobody knows whether the ticket was issued, so the saga is parked with its data', async () => {
    injectFault(world.cloud, { function: 'IssueTicket', fault: 'hangs-before' });
    const left = await bookTwoSeats();
    expect(left).toMatchObject({ status: 'requested', seats: 2, held: 1, points: 0, mails: [], parked: 1 });
    const [parked] = await scan(world, 'ParkingTable');
    expect(JSON.stringify(parked)).toContain(left.bookingId);
    expect(JSON.stringify(parked)).toContain('issueTicket');
  });

  it('after the pivot: the booking stands, and the step that is missing is parked', async () => {
    injectFault(world.cloud, { function: 'CreditPoints', fault: 'refused' });
    expect(await bookTwoSeats()).toMatchObject({ ...CONFIRMED, points: 0, parked: 1 });
  });
});

describe('duplicates', () => {
  it('of every event, message and notification change nothing', async () => {
    const { hits } = deliverTwice(world.cloud);
    expect(await bookTwoSeats()).toMatchObject(CONFIRMED);
    expect(hits()).toBeGreaterThanOrEqual(6);
    expect(await scan(world, 'MembersTable')).toMatchObject([{ bookings: 1, seats: 2 }]);
    expect(await scan(world, 'AnalyticsTable')).toMatchObject([{ confirmed: 1, confirmedSeats: 2 }]);
  });
});

describe('a relay that is down', () => {
  /** Switches the relay's event source off or on. */
  async function relay(enabled: boolean): Promise<void> {
    const lambda = world.cloud.client(new LambdaClient({}));
    const fn = world.cloud.resources.find(({ type, path }) => type === 'AWS::Lambda::Function' && path.includes('/Relay/'));
    const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: fn?.ref }));
    expect(EventSourceMappings).toHaveLength(1);
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID: EventSourceMappings[0]?.UUID, Enabled: enabled }));
  }

  async function sweeper(enabled: boolean): Promise<void> {
    const rule = world.cloud.resources.find(({ type, path }) => type === 'AWS::Events::Rule' && path.includes('Bookings/Schedule'));
    const Name = rule?.ref.split('/').at(-1);
    await world.aws.events.send(enabled ? new EnableRuleCommand({ Name }) : new DisableRuleCommand({ Name }));
  }

  it('is stood in for by the sweeper within minutes', async () => {
    await relay(false);
    const customerId = customer();
    const bookingId = await book(world, { customerId, flightId: FLIGHT, seats: 2, paymentToken: 'tok_visa' });
    // The booking's own event and the confirmation each wait for a turn of the sweeper.
    await world.cloud.advance({ minutes: 8 });
    expect(await leftBehind(bookingId, customerId)).toMatchObject(CONFIRMED);
  });

  it('for 30 hours, with the sweeper: nothing is lost, though the stream has forgotten', async () => {
    await relay(false);
    await sweeper(false);
    const customerId = customer();
    const bookingId = await book(world, { customerId, flightId: FLIGHT, seats: 2, paymentToken: 'tok_visa' });
    await world.cloud.advance({ hours: 30 });
    expect(await leftBehind(bookingId, customerId)).toMatchObject({ status: 'requested', seats: 0, mails: [] });
    await relay(true);
    await world.cloud.advance({ minutes: 1 });
    // The relay alone does not help: the record of the commit is gone after 24 hours.
    expect(await leftBehind(bookingId, customerId)).toMatchObject({ status: 'requested' });
    await sweeper(true);
    await world.cloud.advance({ minutes: 5 });
    expect(await leftBehind(bookingId, customerId)).toMatchObject(CONFIRMED);
  });
});
