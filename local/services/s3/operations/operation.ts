import type { CallContext } from '../../../kernel/index.ts';

/** Operations by name. Each takes the SDK's input of its name and gives the SDK's output. */
export type Operations = Readonly<Record<string, (input: never, context: CallContext) => object>>;
