import { defineEvent } from 'millrace/contracts';
import * as z from 'zod/mini';

const SOURCE = 'globalair.bookings';

/** A customer asked for seats. Starts the saga. */
export const BookingRequested = defineEvent('globalair.booking.requested', {
  version: 1,
  source: SOURCE,
  subject: (booking) => booking.bookingId,
  data: z.object({
    bookingId: z.string(),
    customerId: z.string(),
    flightId: z.string(),
    seats: z.int(),
    /** Names the card at the card network; it is no card number. */
    paymentToken: z.string(),
  }),
});

/** Seats, payment and ticket are there: the booking can't fail any more. */
export const BookingConfirmed = defineEvent('globalair.booking.confirmed', {
  version: 1,
  source: SOURCE,
  subject: (booking) => booking.bookingId,
  data: z.object({ bookingId: z.string(), customerId: z.string(), flightId: z.string(), seats: z.int(), ticketNumber: z.string() }),
});

/** The booking failed, and whatever had been done for it was taken back. */
export const BookingRejected = defineEvent('globalair.booking.rejected', {
  version: 1,
  source: SOURCE,
  subject: (booking) => booking.bookingId,
  data: z.object({
    bookingId: z.string(),
    customerId: z.string(),
    flightId: z.string(),
    seats: z.int(),
    reason: z.enum(['payment-declined', 'flight-full', 'unknown-flight']),
  }),
});
