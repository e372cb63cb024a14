export { type ConsumerOptions, consumer } from './consumer.ts';
export { Refusal, type UnitOfWork } from './unit-of-work.ts';
export { type Registration, when } from './when.ts';
