import { requireVariable, sagaStep } from 'millrace/runtime';
import type { BookingInput } from '../booking/step.ts';

const POINTS_A_SEAT = 100;

/** Credits the points of a confirmed booking. It comes after the point of no return, so it is tried until it works. */
export const handler = sagaStep<BookingInput, { points: number }>({
  action({ input: { customerId, seats }, write }) {
    const points = POINTS_A_SEAT * seats;
    write({
      Update: {
        TableName: requireVariable('LOYALTY_TABLE', 'The GlobalAir stack sets it.'),
        Key: { pk: customerId },
        UpdateExpression: 'ADD points :points',
        ExpressionAttributeValues: { ':points': points },
      },
    });
    return { points };
  },
});
