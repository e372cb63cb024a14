import { sagaStep } from 'millrace/runtime';
import { OrderCancelled } from '../events.ts';
import { orders, type PlacedOrder } from '../orders.ts';

/** Told when a saga has taken everything back. */
export const handler = sagaStep<PlacedOrder>({
  async action({ input: { orderId, article, pieces }, key, correlation, write }) {
    const order = await orders.load(orderId);
    if (!order) throw new Error(`There is no order ${orderId}.`);
    const events = [OrderCancelled.draft({ orderId, article, pieces })];
    const state = { ...order.state, status: 'cancelled' } as const;
    write(orders.prepare({ id: orderId, expected: order, state, events, commitId: key, correlation }).write);
  },
});
