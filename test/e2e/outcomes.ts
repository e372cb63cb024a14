import { isDeepStrictEqual } from 'node:util';
import type { Booking } from '../../examples/globalair/booking/booking.ts';
import { scan } from './airline.ts';
import { scenarioOf } from './booked-by.ts';
import { depth, QUEUES } from './queues.ts';
import type { World } from './world.ts';

/** What a booking left behind in the tables, without ids and times: it must be the same wherever GlobalAir runs. */
export interface BookingOutcome {
  readonly status: Booking['status'];
  readonly reason?: string;
  readonly seats: number;
  readonly history: readonly string[];
  /** What the card network says of each payment. */
  readonly payments: readonly unknown[];
  readonly mails: readonly unknown[];
  /** Of the customer, and counted twice: by the saga and by the members' consumer. */
  readonly points: unknown;
  readonly memberSeats: unknown;
  /** Of the flight. */
  readonly seatsTaken: unknown;
  readonly analytics: { readonly confirmed: unknown; readonly rejected: unknown };
}

/** What all scenarios left behind. */
export interface Outcomes {
  /** Messages in each queue. */
  readonly queues: Readonly<Record<string, number>>;
  /** How many bookings of a scenario came to which end. */
  readonly scenarios: Readonly<Record<string, readonly { readonly bookings: number; readonly left: BookingOutcome }[]>>;
}

/** What queues hold, and tables of the bookings that were made by scenarios of this run. */
export async function outcomes(world: World): Promise<Outcomes> {
  const [bookings, payments, mails, points, members, seats, analytics] = await Promise.all([
    scan(world, 'BookingsTable'),
    scan(world, 'PaymentsTable'),
    scan(world, 'MailTable'),
    byKey(world, 'LoyaltyTable'),
    byKey(world, 'MembersTable'),
    byKey(world, 'SeatsTable'),
    byKey(world, 'AnalyticsTable'),
  ]);
  const about = (items: readonly Item[], bookingId: string, attribute: string): unknown[] =>
    items
      .filter((item) => item.bookingId === bookingId)
      .map((item) => item[attribute])
      .sort();
  const left = new Map<string, { bookings: number; left: BookingOutcome }[]>();
  for (const { state } of bookings) {
    const { bookingId, customerId, flightId, seats: booked, status, reason, history } = state as Booking;
    const scenario = scenarioOf(bookingId);
    if (scenario === undefined) continue;
    const outcome: BookingOutcome = {
      status,
      ...(reason === undefined ? {} : { reason }),
      seats: booked,
      history: history.map(({ type }) => type),
      payments: about(payments, bookingId, 'status'),
      mails: about(mails, bookingId, 'what'),
      points: points.get(customerId)?.points ?? 0,
      memberSeats: members.get(customerId)?.seats ?? 0,
      seatsTaken: seats.get(flightId)?.taken ?? 0,
      analytics: { confirmed: analytics.get(flightId)?.confirmed ?? 0, rejected: analytics.get(flightId)?.rejected ?? 0 },
    };
    const seen = left.get(scenario) ?? [];
    left.set(scenario, seen);
    const same = seen.find((each) => isDeepStrictEqual(each.left, outcome));
    if (same) same.bookings += 1;
    else seen.push({ bookings: 1, left: outcome });
  }
  const queues: Record<string, number> = {};
  for (const queue of QUEUES) queues[queue] = await depth(world, queue);
  const scenarios = Object.fromEntries([...left].map(([scenario, ends]) => [scenario, ends.sort(byText)] as const).sort(byText));
  return { queues, scenarios };
}

type Item = Readonly<Record<string, unknown>>;

async function byKey(world: World, output: string): Promise<ReadonlyMap<unknown, Item>> {
  return new Map((await scan(world, output)).map((item) => [item.pk, item]));
}

function byText(one: unknown, other: unknown): number {
  const [first, second] = [JSON.stringify(one), JSON.stringify(other)];
  return first < second ? -1 : Number(first > second);
}
