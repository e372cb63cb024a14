/** Constructs for event-driven systems on AWS. */
export * from './function/index.ts';
export * from './shared/index.ts';
