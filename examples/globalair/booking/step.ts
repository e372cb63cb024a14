import type { RejectionReason } from './booking.ts';

/** What the saga is started with: the data of `BookingRequested`. */
export interface BookingInput {
  readonly bookingId: string;
  readonly customerId: string;
  readonly flightId: string;
  readonly seats: number;
  readonly paymentToken: string;
}

/** What the seat reservation tells the steps behind it. Amounts in US cents. */
export interface Reservation {
  readonly amount: number;
}

export const REJECTION_REASONS: readonly RejectionReason[] = ['payment-declined', 'flight-full', 'unknown-flight'];
