import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { book, customer, decided, freshFlight, payments, seatsTaken } from '../airline.ts';
import { type Scenario, scenario } from './scenario.ts';

export const idempotencyScenarios: readonly Scenario[] = [
  scenario('the same key and body, one after the other: one booking', async (world) => {
    const flightId = await freshFlight();
    const body = { customerId: customer(), flightId, seats: 2, paymentToken: 'tok_visa' };
    const key = randomUUID();
    const first = await book(world, body, key);
    await decided(world, first);
    // Later, too, the answer is that of the first time.
    expect(await book(world, body, key)).toBe(first);
    expect([await seatsTaken(world, flightId), (await payments(world, first)).length]).toEqual([2, 1]);
  }),

  scenario('the same key and body, ten at once: one booking', async (world) => {
    const flightId = await freshFlight();
    const body = { customerId: customer(), flightId, seats: 2, paymentToken: 'tok_visa' };
    const key = randomUUID();
    const ids = await Promise.all(Array.from({ length: 10 }, () => book(world, body, key)));
    expect(new Set(ids).size).toBe(1);
    await decided(world, ids[0] as string);
    expect([await seatsTaken(world, flightId), (await payments(world, ids[0] as string)).length]).toEqual([2, 1]);
  }),

  scenario('the same key with another body is refused, and books nothing', async (world) => {
    const flightId = await freshFlight();
    const body = { customerId: customer(), flightId, seats: 2, paymentToken: 'tok_visa' };
    const key = randomUUID();
    const bookingId = await book(world, body, key);
    const other = await world.request('POST', '/bookings', { body: { ...body, seats: 5 }, headers: { 'Idempotency-Key': key } });
    expect(other.status).toBe(422);
    expect(other.headers['content-type']).toMatch(/^application\/problem\+json/);
    await decided(world, bookingId);
    expect(await seatsTaken(world, flightId)).toBe(2);
  }),
];
