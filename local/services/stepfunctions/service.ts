import { AwsError, type CallContext, type Kernel, type PendingWork, type Service } from '../../kernel/index.ts';
import { Store } from './executions/store.ts';
import { OPERATIONS } from './operations/index.ts';

/**
 * AWS Step Functions: Standard and Express workflows in JSONPath and JSONata, with their execution histories.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html
 * @see https://states-language.net/spec.html
 */
export class StatesService implements Service {
  readonly name = 'states';
  readonly #kernel: Kernel;
  readonly #store = new Store();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  invoke(operation: string, input: object, context: CallContext): object | Promise<object> {
    const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (!run) throw new AwsError('UnknownOperationException', `Step Functions of the local cloud has no operation ${operation}.`);
    return run({ kernel: this.#kernel, store: this.#store }, input as never, context);
  }

  /** Executions that are running, by state machine. */
  pending(): readonly PendingWork[] {
    return [...this.#store.machines.values()]
      .filter((machine) => machine.running > 0)
      .map((machine) => ({ resource: machine.arn, what: 'running executions', count: machine.running }));
  }
}
