import { outbox, type SagaFailure, sagaStep } from 'millrace/runtime';
import { type Booking, type RejectionReason, rejected } from './booking.ts';
import { BookingRejected } from './events.ts';
import { type BookingInput, REJECTION_REASONS } from './step.ts';

const bookings = outbox<Booking>({ source: 'globalair.bookings' });

/** Rejects a booking after everything done for it has been taken back. */
export const handler = sagaStep<BookingInput>({
  async action({ input: { bookingId }, correlation, failure, key, write }) {
    const booking = await bookings.load(bookingId);
    if (!booking) throw new Error(`Booking ${bookingId} is not in the outbox table.`);
    const reason = reasonOf(failure);
    const state = rejected(booking.state, reason, new Date().toISOString());
    if (!state) return;
    const { customerId, flightId, seats } = state;
    const events = [BookingRejected.draft({ bookingId, customerId, flightId, seats, reason })];
    write(bookings.prepare({ id: bookingId, expected: booking, state, events, commitId: key, correlation }).write);
  },
});

/** The reason a customer is given. A step that could not be done for technical reasons counts as its own refusal. */
function reasonOf(failure: SagaFailure | undefined): RejectionReason {
  const given = REJECTION_REASONS.find((reason) => reason === failure?.reason);
  return given ?? (failure?.step === 'reserveSeat' ? 'flight-full' : 'payment-declined');
}
