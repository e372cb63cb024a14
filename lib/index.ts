/** Constructs for event-driven systems on AWS. */
export * from './event-bus/index.ts';
export * from './function/index.ts';
export * from './outbox/index.ts';
export * from './shared/index.ts';
