import { api, notFound, ok, on, problem, readModel, requireVariable } from 'millrace/runtime';
import { seatsTaken } from '../seats/seats.ts';
import { type Departures, delayedShare, meanDelay } from './departures.ts';
import { capacityOf, originOf } from './flight-id.ts';
import { boardPartition, type FlightDetails, flightKey, isTotals, startOfWindow } from './read-model.ts';
import { getAirport, getFlight, listFlights } from './routes.ts';

const flights = readModel();

/** Shows flights and airport boards. */
export const handler = api(
  on(getFlight, async ({ path: { flightId } }) => {
    const origin = originOf(flightId);
    const row = origin && (await flights.get<FlightDetails>(flightKey(origin, flightId)));
    return row ? ok(await flightOf(row)) : notFound(`There is no flight ${flightId}.`);
  }),

  on(listFlights, async ({ query: { origin, limit, cursor } }) => {
    try {
      const page = await flights.query<FlightDetails>(flightKey(origin, '').pk, { limit, ...(cursor === undefined ? {} : { cursor }) });
      const found = await Promise.all(page.rows.map(flightOf));
      return ok({ flights: found, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return problem('invalid-request', 'The cursor is not one that this list gave out.', {
        errors: [{ field: 'cursor', message: 'is not valid' }],
      });
    }
  }),

  on(getAirport, async ({ path: { code } }) => {
    const rows = await boardOf(code);
    const totals = rows.find(isTotals);
    if (!totals) return notFound(`No departures from ${code} are known.`);
    return ok({
      airport: code,
      departures: totals.departures,
      delayed: totals.delayed,
      delayedShare: delayedShare(totals),
      meanDelay: meanDelay(totals),
      maxDelay: totals.maxDelay,
      windows: rows
        .filter((row) => !isTotals(row))
        .map((row) => ({
          start: startOfWindow(row),
          departures: row.departures,
          delayed: row.delayed,
          meanDelay: meanDelay(row),
          maxDelay: row.maxDelay,
        })),
    });
  }),
);

async function flightOf({ flightId, origin, destination, date }: FlightDetails) {
  const taken = await seatsTaken(requireVariable('SEATS_TABLE', 'The GlobalAir stack sets it.'), flightId);
  return { flightId, origin, destination, date, capacity: capacityOf(flightId), seatsTaken: taken };
}

type BoardRow = Departures & { readonly sk: string };

/** All rows of an airport, windows in the order of time. */
async function boardOf(airport: string): Promise<BoardRow[]> {
  const rows: BoardRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await flights.query<Departures>(boardPartition(airport), { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.rows);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
}
