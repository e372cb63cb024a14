import type { AwsError, CallContext, Kernel, Service, ServiceName } from '../../../local/kernel/index.ts';

export interface StubCall {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly context: CallContext;
  readonly at: number;
}

/** Stands for a service that is delivered to: keeps every call, and fails as told. */
export class StubService implements Service {
  readonly name: ServiceName;
  readonly calls: StubCall[] = [];
  /** Errors of the calls to come, in order; undefined for success. Used up, calls succeed. */
  failures: (AwsError | undefined)[] = [];
  /** Fails every call it returns an error for. */
  failing: (call: StubCall) => AwsError | undefined = () => undefined;
  readonly #kernel: Kernel;

  constructor(name: ServiceName, kernel: Kernel) {
    this.name = name;
    this.#kernel = kernel;
    kernel.register(this);
  }

  invoke(operation: string, input: object, context: CallContext): object {
    const call = { operation, input: input as Record<string, unknown>, context, at: this.#kernel.now() };
    this.calls.push(call);
    const error = this.failures.shift() ?? this.failing(call);
    if (error) throw error;
    return {};
  }

  /** Bodies of the messages that were sent to the queue of that name. */
  bodies(queue: string): string[] {
    return this.sentTo(queue).map(({ input }) => String(input.MessageBody));
  }

  sentTo(queue: string): StubCall[] {
    return this.calls.filter(({ input }) => String(input.QueueUrl).endsWith(`/${queue}`));
  }
}
