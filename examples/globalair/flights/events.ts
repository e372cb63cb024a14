import { defineEvent } from 'millrace/contracts';
import * as z from 'zod/mini';

const airport = z.string().check(z.regex(/^[A-Z0-9]{3}$/));

/** A flight left its gate. Its subject is the airport it left from: departures of one airport are in order. */
export const FlightDeparted = defineEvent('globalair.flight.departed', {
  version: 1,
  source: 'globalair.flights',
  subject: (flight) => flight.origin,
  data: z.object({
    flightId: z.string().check(z.minLength(1)),
    origin: airport,
    destination: airport,
    /** Scheduled departure, local to the origin: `2001-01-01T06:55`. */
    scheduled: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/)),
    /** Minutes late; negative when early. */
    delay: z.number(),
    /** Miles. */
    distance: z.number().check(z.gte(0)),
  }),
});
