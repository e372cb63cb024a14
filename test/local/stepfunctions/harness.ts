import type {
  CreateStateMachineOutput,
  DescribeExecutionOutput,
  GetExecutionHistoryOutput,
  HistoryEvent,
  StartExecutionOutput,
} from '@aws-sdk/client-sfn';
import { AwsError, Kernel, type KernelOptions, type Service, type ServiceName } from '../../../local/kernel/index.ts';
import { StatesService } from '../../../local/services/stepfunctions/index.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/machine';

type Answer = (input: Record<string, unknown>, principal: string) => object | Promise<object>;

/** A cloud with Step Functions and services that answer as a test says. */
export class Harness {
  readonly kernel: Kernel;
  readonly calls: { service: ServiceName; operation: string; input: Record<string, unknown>; principal: string; at: number }[] = [];

  constructor(options: KernelOptions = {}) {
    this.kernel = new Kernel(options);
    this.kernel.register(new StatesService(this.kernel));
  }

  /** Registers a service whose operations answer as given; any other operation is refused. */
  stub(name: ServiceName, operations: Readonly<Record<string, Answer>>): this {
    const { calls, kernel } = this;
    const service: Service = {
      name,
      invoke(operation, input, context) {
        calls.push({ service: name, operation, input: input as Record<string, unknown>, principal: context.principal, at: kernel.now() });
        const answer = operations[operation];
        if (!answer) throw new AwsError('UnknownOperationException', operation);
        return answer(input as Record<string, unknown>, context.principal);
      },
    };
    kernel.register(service);
    return this;
  }

  /** A Lambda whose functions are plain functions: what they return is the answer, what they throw the error. */
  functions(functions: Readonly<Record<string, (event: unknown) => unknown>>): this {
    return this.stub('lambda', {
      Invoke: (input) => {
        const name = String(input.FunctionName).split(':').at(-1) ?? '';
        const handler = functions[name];
        if (!handler) throw new AwsError('ResourceNotFoundException', `Function not found: ${String(input.FunctionName)}`, { status: 404 });
        const event: unknown = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString());
        try {
          return { StatusCode: 200, Payload: Buffer.from(JSON.stringify(handler(event) ?? null)) };
        } catch (error) {
          if (error instanceof AwsError) throw error;
          const { name: errorType, message: errorMessage } = error as Error;
          return { StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from(JSON.stringify({ errorType, errorMessage })) };
        }
      },
    });
  }

  invoke<Output extends object>(operation: string, input: object): Output {
    return this.kernel.invoke({ service: 'states', operation, input }) as Output;
  }

  create(definition: object, options: { readonly name?: string; readonly type?: 'STANDARD' | 'EXPRESS' } = {}): string {
    const { name = 'machine', type = 'STANDARD' } = options;
    const input = { name, type, roleArn: ROLE, definition: JSON.stringify(definition) };
    return this.invoke<CreateStateMachineOutput>('CreateStateMachine', input).stateMachineArn ?? '';
  }

  start(stateMachineArn: string, input: unknown = {}, name?: string): string {
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    const request = { stateMachineArn, input: text, ...(name === undefined ? {} : { name }) };
    return this.invoke<StartExecutionOutput>('StartExecution', request).executionArn ?? '';
  }

  describe(executionArn: string): DescribeExecutionOutput {
    return this.invoke('DescribeExecution', { executionArn });
  }

  history(executionArn: string): HistoryEvent[] {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page: GetExecutionHistoryOutput = this.invoke('GetExecutionHistory', { executionArn, nextToken, maxResults: 1000 });
      events.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return events;
  }

  types(executionArn: string): (string | undefined)[] {
    return this.history(executionArn).map((event) => event.type);
  }

  /** Creates a machine, runs it to its end, and tells how it went. */
  async run(definition: object, input: unknown = {}): Promise<Ran> {
    const arn = this.start(this.create(definition), input);
    await this.kernel.settle();
    return this.ran(arn);
  }

  ran(arn: string): Ran {
    const { status, output, error, cause } = this.describe(arn);
    return { arn, status, error, cause, output: output === undefined ? undefined : JSON.parse(output), types: this.types(arn) };
  }
}

export interface Ran {
  readonly arn: string;
  readonly status: string | undefined;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly types: readonly (string | undefined)[];
}
