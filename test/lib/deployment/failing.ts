import { z } from 'zod/mini';
import { defineEvent, defineRoute } from '../../../lambdas/contracts/index.ts';
import { api, consumer, on, project, projection, when } from '../../../lambdas/runtime/index.ts';

export const placeOrder = defineRoute('POST /orders');
export const Placed = defineEvent('shop.order.placed', { version: 1, subject: ({ id }) => id, data: z.object({ id: z.string() }) });

/** Handlers of a version that should never have been deployed. */
const broken = (): never => {
  throw new Error('a mistake in the new version');
};
export const orders = api(on(placeOrder, broken));
export const mail = consumer({ on: [when(Placed, broken)] });
export const board = projection({ once: 'per-subject', on: [project(Placed, broken)] });
