import { outbox } from 'millrace/runtime';

/** An order as the shop's table holds it. */
export interface Order {
  readonly article: string;
  readonly pieces: number;
  readonly status: 'placed' | 'confirmed' | 'cancelled';
}

/** What the saga gets to know of an order: the data of `OrderPlaced`. */
export interface PlacedOrder {
  readonly orderId: string;
  readonly article: string;
  readonly pieces: number;
}

export const orders = outbox<Order>({ source: 'shop.orders' });
