import { BusinessFailure, sagaStep } from 'millrace/runtime';
import type { PlacedOrder } from '../orders.ts';

const LARGEST_ORDER = 100;

/** Takes the pieces out of stock. */
export const handler = sagaStep<PlacedOrder>({
  action({ input: { article, pieces }, write }) {
    if (pieces > LARGEST_ORDER) throw new BusinessFailure('too-many');
    write(stock(article, -pieces));
  },
  compensate({ input: { article, pieces }, write }) {
    write(stock(article, pieces));
  },
});

function stock(article: string, by: number) {
  return {
    Update: {
      TableName: process.env.WAREHOUSE,
      Key: { pk: `article#${article}` },
      UpdateExpression: 'ADD pieces :by',
      ExpressionAttributeValues: { ':by': by },
    },
  };
}
