import type { Envelope, EventContract, EventOf } from '../../contracts/index.ts';

/** Place of a row in the read model. */
export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

/** The content of a row. Names that begin with `_` are the kit's own. */
export type Row = Readonly<Record<string, unknown>>;

/** What an event does to one row. */
export interface RowChange {
  readonly key: RowKey;
  /** The row after the event. Must depend on its arguments only: it runs again when the row was changed meanwhile. */
  fold(row: Row | undefined): Row;
}

/** What one version of one event type does to the read model. */
export interface ProjectionRule {
  readonly contract: EventContract;
  rows(event: Envelope): readonly RowChange[];
}

/**
 * Says which rows an event changes, and how.
 *
 * @example
 * project(FlightDeparted, (event) => [
 *   change<Totals>({ pk: `AIRPORT#${event.data.origin}`, sk: 'TOTALS' }, (totals) => count(totals, event.data.delay)),
 * ]);
 */
export function project<C extends EventContract>(contract: C, rows: (event: EventOf<C>) => readonly RowChange[]): ProjectionRule {
  return { contract, rows: (event) => rows(event as EventOf<C>) };
}

/** One change, with the row's own type. */
export function change<R extends object>(key: RowKey, fold: (row: R | undefined) => R): RowChange {
  return { key, fold: (row) => fold(row as R | undefined) as Row };
}
