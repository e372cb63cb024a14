import { idFrom, outbox, sagaStep } from 'millrace/runtime';
import { type Booking, confirmed } from '../booking/booking.ts';
import { BookingConfirmed } from '../booking/events.ts';
import type { BookingInput } from '../booking/step.ts';

const bookings = outbox<Booking>({ source: 'globalair.bookings' });

/** Issues the ticket, which confirms the booking: the point of no return. */
export const handler = sagaStep<BookingInput, { ticketNumber: string }>({
  async action({ input: { bookingId }, correlation, key, write }) {
    const ticketNumber = idFrom('ticket', bookingId);
    const booking = await bookings.load(bookingId);
    if (!booking) throw new Error(`Booking ${bookingId} is not in the outbox table.`);
    const state = confirmed(booking.state, new Date().toISOString());
    if (state) {
      const { customerId, flightId, seats } = state;
      const events = [BookingConfirmed.draft({ bookingId, customerId, flightId, seats, ticketNumber })];
      write(bookings.prepare({ id: bookingId, expected: booking, state, events, commitId: key, correlation }).write);
    }
    return { ticketNumber };
  },
});
