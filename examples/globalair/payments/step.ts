import { setTimeout as sleep } from 'node:timers/promises';
import { BusinessFailure, sagaStep } from 'millrace/runtime';
import type { BookingInput, Reservation } from '../booking/step.ts';
import { cardNetwork } from './ledger.ts';

export interface Payment {
  readonly authorisationId: string;
}

/** The card network is down for now. */
class NetworkUnavailableError extends Error {
  override readonly name = 'NetworkUnavailableError';
  readonly code = 'CardNetworkUnavailable';
}

const FOR_EVER_MS = 15 * 60_000;

/**
 * Holds the price of a booking at the card network. The network keeps its own books, so whether a try that got no answer took effect is not
 * known here: it is asked again under the same key, and voided when the saga turns back.
 */
export const handler = sagaStep<BookingInput, Payment>({
  effects: 'outside',

  async action({ key, input: { bookingId, paymentToken }, steps }) {
    const { amount } = steps.reserveSeat as Reservation;
    const { record, answer } = await cardNetwork.authorise({ idempotencyKey: key, bookingId, token: paymentToken, amount });
    if (answer === 'silence') await sleep(FOR_EVER_MS);
    if (answer === 'unavailable') throw new NetworkUnavailableError(`The card network was not there for ${bookingId}.`);
    if (answer === 'declined') throw new BusinessFailure('payment-declined');
    return { authorisationId: record.authorisationId };
  },

  async compensate({ key, input: { bookingId } }) {
    await cardNetwork.void(key, bookingId);
  },
});
