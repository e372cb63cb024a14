import { consumer, requireVariable, when } from 'millrace/runtime';
import { BookingConfirmed } from '../booking/events.ts';

/** Keeps count of what each member has flown; the points themselves are the saga's business. */
export const handler = consumer({
  on: [
    when(BookingConfirmed, ({ data: { customerId, seats } }, unit) => {
      unit.write({
        Update: {
          TableName: requireVariable('MEMBERS_TABLE', 'The GlobalAir stack sets it.'),
          Key: { pk: customerId },
          UpdateExpression: 'ADD bookings :one, seats :seats',
          ExpressionAttributeValues: { ':one': 1, ':seats': seats },
        },
      });
    }),
  ],
});
