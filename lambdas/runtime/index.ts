/** The handler runtime: what makes the guarantees true at run time. */

export * from './consumer/index.ts';
export * from './context/index.ts';
export * from './idempotency/index.ts';
export * from './inbox/index.ts';
export * from './outbox/index.ts';
export * from './parking/index.ts';
