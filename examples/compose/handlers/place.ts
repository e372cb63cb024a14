import { OrderPlaced } from '../events.ts';
import { orders, type PlacedOrder } from '../orders.ts';

/** Takes an order: it and the event about it are one write. */
export async function handler({ orderId, article, pieces }: PlacedOrder): Promise<{ placed: boolean }> {
  const result = await orders.commit({
    id: orderId,
    expected: 'new',
    state: { article, pieces, status: 'placed' },
    events: [OrderPlaced.draft({ orderId, article, pieces })],
    correlation: { correlationid: orderId },
  });
  return { placed: result.ok };
}
