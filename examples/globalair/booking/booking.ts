export type RejectionReason = 'payment-declined' | 'flight-full' | 'unknown-flight';

/** A booking, the aggregate that the outbox keeps. */
export interface Booking {
  readonly bookingId: string;
  readonly customerId: string;
  readonly flightId: string;
  readonly seats: number;
  readonly status: 'requested' | 'confirmed' | 'rejected';
  readonly reason?: RejectionReason;
  /** What happened to it, oldest first; `time` is ISO 8601. */
  readonly history: readonly { readonly type: string; readonly time: string }[];
}

export interface BookingRequest {
  readonly customerId: string;
  readonly flightId: string;
  readonly seats: number;
}

export function requested(bookingId: string, request: BookingRequest, time: string): Booking {
  const { customerId, flightId, seats } = request;
  return { bookingId, customerId, flightId, seats, status: 'requested', history: [{ type: 'booking.requested', time }] };
}

/** Confirms a booking; undefined when that has happened already. @throws Error when it was rejected: the saga never asks for both */
export function confirmed(booking: Booking, time: string): Booking | undefined {
  if (booking.status === 'confirmed') return undefined;
  if (booking.status === 'rejected') throw new Error(`Booking ${booking.bookingId} was rejected and can't be confirmed.`);
  return { ...booking, status: 'confirmed', history: [...booking.history, { type: 'booking.confirmed', time }] };
}

/** Rejects a booking; undefined when that has happened already. @throws Error when it was confirmed: that is past the pivot */
export function rejected(booking: Booking, reason: RejectionReason, time: string): Booking | undefined {
  if (booking.status === 'rejected') return undefined;
  if (booking.status === 'confirmed') throw new Error(`Booking ${booking.bookingId} was confirmed and can't be rejected.`);
  return { ...booking, status: 'rejected', reason, history: [...booking.history, { type: 'booking.rejected', time }] };
}
