import { BusinessFailure, readModel, requireVariable, sagaStep } from 'millrace/runtime';
import type { BookingInput, Reservation } from '../booking/step.ts';
import { capacityOf, originOf } from '../flights/flight-id.ts';
import { type FlightDetails, flightKey } from '../flights/read-model.ts';
import { seatsTaken } from './seats.ts';

const HINT = 'The GlobalAir stack sets it.';
const flights = readModel();
const BASE_FARE = 5_000;
const FARE_PER_MILE = 12;

/** Reserves the seats of a booking: the seats taken and the record that this was done are one write. */
export const handler = sagaStep<BookingInput, Reservation>({
  async action({ input: { flightId, seats }, write }) {
    const table = requireVariable('SEATS_TABLE', HINT);
    const [flight, taken] = await Promise.all([findFlight(flightId), seatsTaken(table, flightId)]);
    if (!flight) throw new BusinessFailure('unknown-flight');
    const capacity = capacityOf(flightId);
    if (taken + seats > capacity) throw new BusinessFailure('flight-full');
    write({
      Update: {
        TableName: table,
        Key: { pk: flightId },
        UpdateExpression: 'ADD taken :seats',
        // What was read may be old by now; this decides.
        ConditionExpression: 'attribute_not_exists(taken) OR taken <= :most',
        ExpressionAttributeValues: { ':seats': seats, ':most': capacity - seats },
      },
    });
    return { amount: seats * (BASE_FARE + FARE_PER_MILE * flight.distance) };
  },

  compensate({ input: { flightId, seats }, write }) {
    write({
      Update: {
        TableName: requireVariable('SEATS_TABLE', HINT),
        Key: { pk: flightId },
        UpdateExpression: 'ADD taken :back',
        ConditionExpression: 'taken >= :seats',
        ExpressionAttributeValues: { ':back': -seats, ':seats': seats },
      },
    });
  },
});

async function findFlight(flightId: string): Promise<FlightDetails | undefined> {
  const origin = originOf(flightId);
  return origin === undefined ? undefined : flights.get<FlightDetails>(flightKey(origin, flightId));
}
