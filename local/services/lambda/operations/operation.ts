import type { CallContext } from '../../../kernel/index.ts';
import type { LambdaState } from '../state.ts';

/** One operation of the API, on the service's state. */
export type Operation = (lambda: LambdaState, input: object, context: CallContext) => object | Promise<object>;

/** Declares an operation with the SDK's type of its input. */
export function operation<Input extends object, Output extends object>(
  run: (lambda: LambdaState, input: Input, context: CallContext) => Output | Promise<Output>,
): Operation {
  return (lambda, input, context) => run(lambda, input as Input, context);
}
