import { consumer, measure, requireVariable, when } from 'millrace/runtime';
import { BookingConfirmed, BookingRejected } from '../booking/events.ts';

/**
 * Counts what became of the bookings of each flight: exactly, in a table, and for the eye, as metrics (an event that has to be handled again
 * counts again there).
 */
export const handler = consumer({
  on: [
    when(BookingConfirmed, ({ data: { flightId, seats } }, unit) => {
      unit.write(count(flightId, 'confirmed', seats));
      measure({}, { BookingsConfirmed: 1, SeatsSold: seats });
    }),
    when(BookingRejected, ({ data: { flightId, seats } }, unit) => {
      unit.write(count(flightId, 'rejected', seats));
      measure({}, { BookingsRejected: 1 });
    }),
  ],
});

function count(flightId: string, outcome: 'confirmed' | 'rejected', seats: number) {
  return {
    Update: {
      TableName: requireVariable('ANALYTICS_TABLE', 'The GlobalAir stack sets it.'),
      Key: { pk: flightId },
      UpdateExpression: 'ADD #bookings :one, #seats :seats',
      ExpressionAttributeNames: { '#bookings': outcome, '#seats': `${outcome}Seats` },
      ExpressionAttributeValues: { ':one': 1, ':seats': seats },
    },
  };
}
