import { defineRoute } from 'millrace/contracts';
import * as z from 'zod/mini';

const name = z.string().check(z.minLength(1), z.maxLength(64));

export const requestBooking = defineRoute('POST /bookings', {
  summary: 'Ask for seats on a flight',
  idempotencyKey: 'required',
  body: z.object({
    customerId: name,
    flightId: name,
    seats: z.int().check(z.gte(1), z.lte(9)),
    paymentToken: name,
  }),
});

export const getBooking = defineRoute('GET /bookings/{bookingId}', { summary: 'A booking and what happened to it' });
