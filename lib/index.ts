/** Constructs for event-driven systems on AWS. */
export * from './api/index.ts';
export * from './consumer/index.ts';
export * from './dashboard/index.ts';
export * from './deployment/index.ts';
export * from './event-bus/index.ts';
export * from './event-stream/index.ts';
export * from './fan-out/index.ts';
export * from './feature-flags/index.ts';
export * from './function/index.ts';
export * from './inbox/index.ts';
export * from './outbox/index.ts';
export * from './parking/index.ts';
export * from './projection/index.ts';
export * from './saga/index.ts';
export * from './shared/index.ts';
export * from './targets/index.ts';
