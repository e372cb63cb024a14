import { accepted, api, notFound, ok, on, outbox, problem } from 'millrace/runtime';
import { type Booking, requested } from './booking.ts';
import { BookingRequested } from './events.ts';
import { getBooking, requestBooking } from './routes.ts';

const bookings = outbox<Booking>({ source: 'globalair.bookings' });

/** Takes bookings and tells what became of them. */
export const handler = api(
  on(requestBooking, async ({ body, idempotency }, { correlation }) => {
    if (!idempotency) throw new Error('The route requires an Idempotency-Key.');
    // The id comes from the key: two requests with one key meet in one item, whichever comes first.
    const { id: bookingId } = idempotency;
    const { customerId, flightId, seats, paymentToken } = body;
    const result = await bookings.commit({
      id: bookingId,
      expected: 'new',
      state: requested(bookingId, body, new Date().toISOString()),
      events: [BookingRequested.draft({ bookingId, customerId, flightId, seats, paymentToken })],
      idempotency,
      correlation,
    });
    if (!result.ok && result.reason !== 'duplicate') {
      return problem('idempotency-key-reused', 'This Idempotency-Key was used before, with another request.');
    }
    return accepted({ bookingId, status: 'requested' }, { location: `/bookings/${bookingId}` });
  }),

  on(getBooking, async ({ path: { bookingId } }) => {
    const booking = await bookings.load(bookingId);
    if (!booking) return notFound(`There is no booking ${bookingId}.`);
    return ok(booking.state);
  }),
);
