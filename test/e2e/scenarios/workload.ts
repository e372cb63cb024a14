import { expect } from 'vitest';
import { capacityOf } from '../../../examples/globalair/flights/flight-id.ts';
import { type PlannedBooking, planBookings } from '../../../examples/globalair/start/workload.ts';
import { book, decided, freshFlight } from '../airline.ts';
import { depth, drained, resend } from '../queues.ts';
import type { World } from '../world.ts';
import { type Scenario, scenario } from './scenario.ts';

const BOOKINGS = 40;
/** Customers who book at the same time, each when his last booking is decided. */
const AT_ONCE = 6;
const FLIGHTS = 25;

/** Work enough for functions to be killed at, all of it at the same time: what dies waits long to be tried again. */
export const workloadScenario: Scenario = scenario(`${BOOKINGS} bookings, some sent twice: each ends as it must`, async (world) => {
  const plan = await planned();
  const outcomes = await bookAll(world, plan);

  let free = capacityOf(plan.find(isFighting)?.body.flightId ?? '');
  const fought: string[] = [];
  for (const [index, booking] of plan.entries()) {
    const outcome = outcomes[index] as string;
    if (isFighting(booking)) fought.push(outcome);
    else expect(outcome, JSON.stringify(booking)).toBe(booking.body.paymentToken === 'tok_declined' ? 'payment-declined' : 'confirmed');
  }
  const expected = plan.filter(isFighting).map(({ body: { seats } }) => {
    free -= seats;
    return free >= 0 ? 'confirmed' : 'flight-full';
  });
  expect(fought.sort()).toEqual(expected.sort());

  await world.eventually('all mails are on their way, those given up included', async () => {
    if ((await depth(world, 'MailDlqUrl')) > 0) await resend(world, 'MailDlqUrl', 'MailQueueUrl');
    return (await depth(world, 'MailDlqUrl')) === 0 ? true : undefined;
  });
  await drained(world, 'MailQueueUrl');
});

/** Bookings as `npm start` makes them; nobody but those who fight for the smallest cabin books there. */
async function planned(): Promise<PlannedBooking[]> {
  const flights = await Promise.all(Array.from({ length: FLIGHTS }, () => freshFlight((capacity) => capacity <= 60)));
  const plan = planBookings(flights, BOOKINGS, Math.random);
  const smallest = plan.find(isFighting)?.body.flightId;
  const other = flights.find((flight) => flight !== smallest) as string;
  const elsewhere = (booking: PlannedBooking): PlannedBooking =>
    isFighting(booking) || booking.body.flightId !== smallest ? booking : { ...booking, body: { ...booking.body, flightId: other } };
  return plan.map(elsewhere);
}

/** Those who fight for seats want many. */
function isFighting({ body }: PlannedBooking): boolean {
  return body.seats > 4;
}

/** Makes the planned bookings. @returns what became of each, in the order of the plan */
async function bookAll(world: World, plan: readonly PlannedBooking[]): Promise<string[]> {
  const outcomes: string[] = [];
  let next = 0;
  const customer = async (): Promise<void> => {
    for (let index = next++; index < plan.length; index = next++) {
      const { body, idempotencyKey, twice } = plan[index] as PlannedBooking;
      const key = `${idempotencyKey}-${Date.now()}`;
      const [id = '', ...others] = await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => book(world, body, key)));
      expect(new Set([id, ...others]).size).toBe(1);
      const { status, reason } = await decided(world, id);
      outcomes[index] = reason ?? status;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, customer));
  return outcomes;
}
