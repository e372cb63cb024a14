/** The handler runtime: what makes the guarantees true at run time. */

export * from './api/index.ts';
export * from './consumer/index.ts';
export * from './context/index.ts';
export * from './flags/index.ts';
export * from './idempotency/index.ts';
export * from './inbox/index.ts';
export * from './outbox/index.ts';
export * from './parking/index.ts';
export * from './projection/index.ts';
export * from './saga/index.ts';
export * from './side-effect/index.ts';
export * from './stream/index.ts';
