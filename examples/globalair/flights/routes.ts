import { defineRoute } from 'millrace/contracts';
import * as z from 'zod/mini';

export const getFlight = defineRoute('GET /flights/{flightId}', { summary: 'A flight and the seats taken on it' });

export const listFlights = defineRoute('GET /flights', {
  summary: 'Flights from an airport, by id',
  query: z.object({
    origin: z.string().check(z.regex(/^[A-Z0-9]{3}$/)),
    limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(100)), 20),
    cursor: z.optional(z.string()),
  }),
});

export const getAirport = defineRoute('GET /airports/{code}', { summary: 'The board of an airport: departures and delays' });
