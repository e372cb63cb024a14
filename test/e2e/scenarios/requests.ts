import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { customer, freshFlight } from '../airline.ts';
import type { Answer, World } from '../world.ts';
import { type Scenario, scenario } from './scenario.ts';

function expectProblem(answer: Answer, status: number): void {
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ status, title: expect.any(String), type: expect.any(String) });
}

async function post(world: World, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return world.request('POST', '/bookings', { body, headers: { 'Idempotency-Key': randomUUID(), ...headers } });
}

export const requestScenarios: readonly Scenario[] = [
  scenario('a bad body is refused, and every bad field is named', async (world) => {
    const answer = await post(world, { customerId: '', flightId: 7, seats: 10 });
    expectProblem(answer, 400);
    const fields = (answer.body.errors as { field: string; message: string }[]).map(({ field }) => field).sort();
    expect(fields).toEqual(['customerId', 'flightId', 'paymentToken', 'seats']);
    for (const { message } of answer.body.errors as { message: string }[]) expect(message).not.toBe('');
  }),

  scenario('a body that is no JSON is refused', async (world) => {
    expectProblem(await post(world, '{"customerId": '), 400);
  }),

  scenario('seats must be whole numbers from 1 to 9', async (world) => {
    const flightId = await freshFlight();
    for (const seats of [0, -1, 1.5, 10, '2', null]) {
      const answer = await post(world, { customerId: customer(), flightId, seats, paymentToken: 'tok_visa' });
      expectProblem(answer, 400);
      expect(answer.body.errors).toEqual([{ field: 'seats', message: expect.any(String) }]);
    }
  }),

  scenario('a booking without an Idempotency-Key is refused', async (world) => {
    const body = { customerId: customer(), flightId: await freshFlight(), seats: 1, paymentToken: 'tok_visa' };
    expectProblem(await world.request('POST', '/bookings', { body }), 400);
  }),

  scenario('a body over 64 kB is refused with 413', async (world) => {
    expectProblem(await post(world, { customerId: 'x'.repeat(66_000) }), 413);
  }),

  scenario('another media type is refused with 415', async (world) => {
    expectProblem(await post(world, 'seats=2', { 'Content-Type': 'application/x-www-form-urlencoded' }), 415);
  }),

  scenario('an unknown path is a 404 problem', async (world) => {
    expectProblem(await world.request('GET', '/nothing-here'), 404);
  }),

  scenario('what is not known is a 404 problem', async (world) => {
    for (const path of [
      '/bookings/unknown',
      '/flights/XXX-YYY-20010101-0000',
      '/flights/not-a-flight',
      '/airports/QQQ',
      `/customers/${customer()}/points`,
    ]) {
      expectProblem(await world.request('GET', path), 404);
    }
  }),
];
