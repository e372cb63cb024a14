import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { api, documentClient, notFound, ok, on, requireVariable } from 'millrace/runtime';
import { getPoints } from './routes.ts';

/** Shows the loyalty points of customers. */
export const handler = api(
  on(getPoints, async ({ path: { customerId } }) => {
    const { Item } = await documentClient().send(
      new GetCommand({ TableName: requireVariable('LOYALTY_TABLE', 'The GlobalAir stack sets it.'), Key: { pk: customerId } }),
    );
    return Item ? ok({ customerId, points: Item.points }) : notFound(`${customerId} has no points.`);
  }),
);
