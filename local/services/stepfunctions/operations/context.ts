import type { CallContext, Kernel } from '../../../kernel/index.ts';
import type { Store } from '../executions/store.ts';

/** What operations work on. */
export interface Services {
  readonly kernel: Kernel;
  readonly store: Store;
}

/** An operation of the API. Only those that wait by their nature return a promise. */
export type Operation = (services: Services, input: never, context: CallContext) => object | Promise<object>;
