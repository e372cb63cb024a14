import { consumer, when } from 'millrace/runtime';
import { OrderConfirmed } from '../events.ts';

/** Notes what is to be packed, once for each confirmed order, however often the event comes. */
export const handler = consumer({
  on: [
    when(OrderConfirmed, ({ data: { orderId, article, pieces } }, unit) => {
      unit.write({
        Update: {
          TableName: process.env.WAREHOUSE,
          Key: { pk: `parcel#${orderId}` },
          UpdateExpression: 'SET article = :article ADD pieces :pieces',
          ExpressionAttributeValues: { ':article': article, ':pieces': pieces },
        },
      });
    }),
  ],
});
