/** Idempotent consumers of queues. */
export { Consumer, type ConsumerProps } from './consumer.ts';
export { QueueSource, type QueueSourceProps } from './queue-source.ts';
