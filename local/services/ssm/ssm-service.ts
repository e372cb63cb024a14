import { AwsError, type CallContext, type Kernel, type Service } from '../../kernel/index.ts';
import { type Operations, operations } from './operations.ts';
import { Parameters } from './parameters.ts';

/** The Parameter Store of AWS Systems Manager. */
export class SsmService implements Service {
  readonly name = 'ssm';
  readonly #operations: Operations;

  constructor(kernel: Kernel) {
    this.#operations = operations(new Parameters(kernel));
  }

  invoke(operation: string, input: object, context: CallContext): object {
    const run = this.#operations[operation];
    if (!run) throw new AwsError('UnknownOperationException', `AWS Systems Manager has no operation ${operation} here.`);
    return run(input as never, context);
  }
}
