import { capacityOf } from '../flights/flight-id.ts';

/** A booking to be sent, and whether an impatient customer sends it twice. */
export interface PlannedBooking {
  readonly idempotencyKey: string;
  readonly twice: boolean;
  readonly body: { readonly customerId: string; readonly flightId: string; readonly seats: number; readonly paymentToken: string };
}

const MOST_SEATS = 9;
/** Bookings that come too late for the full flight, beyond those that fill it. */
const LATE = 4;

/**
 * Plans `count` bookings: most are approved, about one in eight is declined, some need patience (`tok_flaky`, `tok_timeout`), one in ten
 * is sent twice, and a dozen fight over the smallest cabin among the flights.
 *
 * @param flights flight ids to choose from
 * @param random numbers in [0, 1): the same numbers plan the same bookings
 */
export function planBookings(flights: readonly string[], count: number, random: () => number): PlannedBooking[] {
  if (flights.length === 0) throw new RangeError('There are no flights to book.');
  const smallest = flights.reduce((a, b) => (capacityOf(b) < capacityOf(a) ? b : a));
  const fighters = Math.min(Math.ceil(capacityOf(smallest) / MOST_SEATS) + LATE, Math.floor(count / 4));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  return Array.from({ length: count }, (_, index) => {
    const fights = index % 4 === 3 && index / 4 < fighters;
    return {
      idempotencyKey: `start-${index}-${Math.floor(random() * 2 ** 40).toString(36)}`,
      twice: random() < 0.1,
      body: {
        customerId: `customer-${1 + Math.floor(random() * Math.max(1, count / 2))}`,
        flightId: fights ? smallest : pick(flights),
        seats: fights ? MOST_SEATS : 1 + Math.floor(random() * 4),
        paymentToken: fights ? 'tok_visa' : paymentToken(random()),
      },
    };
  });
}

function paymentToken(chance: number): string {
  if (chance < 0.13) return 'tok_declined';
  if (chance < 0.2) return 'tok_flaky';
  if (chance < 0.22) return 'tok_timeout';
  return 'tok_visa';
}
