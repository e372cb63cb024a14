import { change, project, projection } from 'millrace/runtime';
import { countDeparture, type Departures, windowStart } from './departures.ts';
import { FlightDeparted } from './events.ts';
import { type FlightDetails, flightKey, totalsKey, windowKey } from './read-model.ts';

/** Departures become the airport boards and the list of flights. */
export const handler = projection({
  // A board goes on without a record that nobody can read; what was set aside is in the parking table.
  poison: 'skip',
  on: [
    project(FlightDeparted, ({ data: { flightId, origin, destination, scheduled, delay, distance } }) => [
      change<Departures>(totalsKey(origin), (totals) => countDeparture(totals, delay)),
      change<Departures>(windowKey(origin, windowStart(scheduled)), (window) => countDeparture(window, delay)),
      change<FlightDetails>(flightKey(origin, flightId), () => ({ flightId, origin, destination, date: scheduled, distance })),
    ]),
  ],
});
