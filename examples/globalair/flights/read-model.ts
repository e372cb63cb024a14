import type { RowKey } from 'millrace/runtime';

/*
 * Rows of the flights read model:
 *
 *     AIRPORT#SFO   TOTALS                     departures and delays of the airport
 *     AIRPORT#SFO   WINDOW#2001-01-01T06:45    … of the 15 minutes from there
 *     FLIGHTS#SFO   SFO-LAX-20010101-0655      a flight
 */
const TOTALS = 'TOTALS';
const WINDOW = 'WINDOW#';

export const boardPartition = (airport: string): string => `AIRPORT#${airport}`;
export const totalsKey = (airport: string): RowKey => ({ pk: boardPartition(airport), sk: TOTALS });
export const windowKey = (airport: string, start: string): RowKey => ({ pk: boardPartition(airport), sk: `${WINDOW}${start}` });
export const flightKey = (airport: string, flightId: string): RowKey => ({ pk: `FLIGHTS#${airport}`, sk: flightId });
export const isTotals = (key: { readonly sk: string }): boolean => key.sk === TOTALS;
export const startOfWindow = (key: { readonly sk: string }): string => key.sk.slice(WINDOW.length);

/** A flight, as the read model has it. */
export interface FlightDetails {
  readonly flightId: string;
  readonly origin: string;
  readonly destination: string;
  /** Scheduled departure, local to the origin: `2001-01-01T06:55`. */
  readonly date: string;
  /** Miles. */
  readonly distance: number;
}
