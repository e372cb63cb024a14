import { consumer, requireVariable, when } from 'millrace/runtime';
import { BookingConfirmed, BookingRejected } from '../booking/events.ts';

/** Counts what became of the bookings of each flight. */
export const handler = consumer({
  on: [
    when(BookingConfirmed, ({ data: { flightId, seats } }, unit) => {
      unit.write(count(flightId, 'confirmed', seats));
    }),
    when(BookingRejected, ({ data: { flightId, seats } }, unit) => {
      unit.write(count(flightId, 'rejected', seats));
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
