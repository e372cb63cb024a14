import type { Kernel } from '../../kernel/index.ts';
import type { AsyncQueue } from './asynchronous/queue.ts';
import type { EventSourceMappings } from './event-sources/mappings.ts';
import type { Invoker } from './execution/invoker.ts';
import type { Functions } from './functions.ts';
import type { LogStore } from './logs.ts';

/** What the operations of the service work on. */
export interface LambdaState {
  readonly kernel: Kernel;
  readonly functions: Functions;
  readonly invoker: Invoker;
  readonly queue: AsyncQueue;
  readonly mappings: EventSourceMappings;
  readonly logs: LogStore;
}
