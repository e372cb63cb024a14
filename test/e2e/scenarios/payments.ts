import { expect } from 'vitest';
import { book, customer, decided, freshFlight, mails, payments, points, seatsTaken } from '../airline.ts';
import { type Scenario, scenario } from './scenario.ts';

/** What each payment token leads to, and what is left behind. */
const OUTCOMES = [
  { token: 'tok_visa', status: 'confirmed', held: 1 },
  { token: 'tok_flaky', status: 'confirmed', held: 1 },
  { token: 'tok_timeout', status: 'confirmed', held: 1 },
  { token: 'tok_declined', status: 'rejected', reason: 'payment-declined', held: 0 },
] as const;

export const paymentScenarios: readonly Scenario[] = OUTCOMES.map((expected) =>
  scenario(`a booking paid with ${expected.token} is ${expected.status}`, async (world) => {
    const flightId = await freshFlight();
    const customerId = customer();
    const bookingId = await book(world, { customerId, flightId, seats: 3, paymentToken: expected.token });
    const booking = await decided(world, bookingId);
    expect(booking).toMatchObject({ bookingId, customerId, flightId, seats: 3, status: expected.status });
    expect(booking.reason).toBe('reason' in expected ? expected.reason : undefined);
    expect(booking.history.map(({ type }) => type)).toEqual(['booking.requested', `booking.${expected.status}`]);

    await world.eventually(`the mail about ${bookingId}`, async () => ((await mails(world, bookingId)).length > 0 ? true : undefined));
    if (expected.held === 1) {
      await world.eventually(`the points of ${customerId}`, async () => ((await points(world, customerId)) === 300 ? true : undefined));
    }
    const held = (await payments(world, bookingId)).filter(({ status }) => status === 'held');
    expect([held.length, await seatsTaken(world, flightId), await points(world, customerId)]).toEqual(
      expected.held === 1 ? [1, 3, 300] : [0, 0, 0],
    );
    expect(await mails(world, bookingId)).toHaveLength(1);
  }),
);
