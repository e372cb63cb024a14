import { defineEvent } from 'millrace/contracts';
import * as z from 'zod/mini';

const order = z.object({ orderId: z.string(), article: z.string(), pieces: z.int() });

const subject = (data: { orderId: string }) => data.orderId;

export const OrderPlaced = defineEvent('shop.order.placed', { version: 1, source: 'shop.orders', subject, data: order });
export const OrderConfirmed = defineEvent('shop.order.confirmed', { version: 1, source: 'shop.orders', subject, data: order });
export const OrderCancelled = defineEvent('shop.order.cancelled', { version: 1, source: 'shop.orders', subject, data: order });
