import { expect } from 'vitest';
import { book, customer, decided, freshFlight, payments, seatsTaken } from '../airline.ts';
import { type Scenario, scenario } from './scenario.ts';

/** Of the flight that is fought over: always as many, so that it is the same fight everywhere. */
const SEATS = 46;

export const seatScenarios: readonly Scenario[] = [
  scenario('50 bookings at once for the last 10 seats: 10 get one', async (world) => {
    const flightId = await freshFlight((capacity) => capacity === SEATS);
    let free = SEATS - 10;
    const fill: Promise<string>[] = [];
    for (; free > 0; free -= 9) {
      fill.push(book(world, { customerId: customer(), flightId, seats: Math.min(free, 9), paymentToken: 'tok_visa' }));
    }
    for (const bookingId of await Promise.all(fill)) expect((await decided(world, bookingId)).status).toBe('confirmed');

    const ids = await Promise.all(
      Array.from({ length: 50 }, () => book(world, { customerId: customer(), flightId, seats: 1, paymentToken: 'tok_visa' })),
    );
    const outcomes: Record<string, number> = {};
    for (const bookingId of ids) {
      const { status, reason } = await decided(world, bookingId);
      const outcome = reason ?? status;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (status === 'rejected') expect(await payments(world, bookingId)).toEqual([]);
    }
    expect(outcomes).toEqual({ confirmed: 10, 'flight-full': 40 });
    expect(await seatsTaken(world, flightId)).toBe(SEATS);
  }),

  scenario('a flight that does not exist: the booking is rejected', async (world) => {
    const bookingId = await book(world, { customerId: customer(), flightId: 'XXX-YYY-20010101-0000', seats: 1, paymentToken: 'tok_visa' });
    expect(await decided(world, bookingId)).toMatchObject({ status: 'rejected', reason: 'unknown-flight' });
    expect(await payments(world, bookingId)).toEqual([]);
  }),

  scenario('a declined payment gives the seats back', async (world) => {
    const flightId = await freshFlight();
    const declined = await book(world, { customerId: customer(), flightId, seats: 9, paymentToken: 'tok_declined' });
    expect(await decided(world, declined)).toMatchObject({ status: 'rejected', reason: 'payment-declined' });
    expect(await seatsTaken(world, flightId)).toBe(0);
  }),
];
