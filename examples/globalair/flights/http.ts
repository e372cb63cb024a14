import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { api, decodeCursor, documentClient, encodeCursor, notFound, ok, on, requireVariable } from 'millrace/runtime';
import * as z from 'zod/mini';
import { seatsTaken } from '../seats/seats.ts';
import { type Departures, delayedShare, meanDelay } from './departures.ts';
import { capacityOf, originOf } from './flight-id.ts';
import { type FlightDetails, flightKey, isTotals, startOfWindow } from './read-model.ts';
import { getAirport, getFlight, listFlights } from './routes.ts';

const HINT = 'The GlobalAir stack sets it.';
const flightsTable = (): string => requireVariable('FLIGHTS_TABLE', HINT);

/** Shows flights and airport boards. */
export const handler = api(
  on(getFlight, async ({ path: { flightId } }) => {
    const origin = originOf(flightId);
    const row =
      origin && (await documentClient().send(new GetCommand({ TableName: flightsTable(), Key: flightKey(origin, flightId) }))).Item;
    return row ? ok(await flightOf(row as FlightDetails)) : notFound(`There is no flight ${flightId}.`);
  }),

  on(listFlights, async ({ query: { origin, limit, cursor } }) => {
    const { pk } = flightKey(origin, '');
    const start = decodeCursor(cursor, z.object({ pk: z.literal(pk), sk: z.string() }));
    const { Items = [], LastEvaluatedKey } = await documentClient().send(
      new QueryCommand({
        TableName: flightsTable(),
        KeyConditionExpression: 'pk = :flights',
        ExpressionAttributeValues: { ':flights': pk },
        Limit: limit,
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    const flights = await Promise.all(Items.map((row) => flightOf(row as FlightDetails)));
    return ok({ flights, ...(LastEvaluatedKey ? { cursor: encodeCursor(LastEvaluatedKey) } : {}) });
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
  const taken = await seatsTaken(requireVariable('SEATS_TABLE', HINT), flightId);
  return { flightId, origin, destination, date, capacity: capacityOf(flightId), seatsTaken: taken };
}

type BoardRow = Departures & { readonly sk: string };

/** All rows of an airport, windows in the order of time. */
async function boardOf(airport: string): Promise<BoardRow[]> {
  const rows: BoardRow[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await documentClient().send(
      new QueryCommand({
        TableName: flightsTable(),
        KeyConditionExpression: 'pk = :airport',
        ExpressionAttributeValues: { ':airport': `AIRPORT#${airport}` },
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    rows.push(...((page.Items ?? []) as BoardRow[]));
    start = page.LastEvaluatedKey;
  } while (start);
  return rows;
}
