import type { Message } from '@aws-sdk/client-sqs';
import { AwsError, type CallContext, Kernel, type Service } from '../../../local/kernel/index.ts';
import { type SnsOptions, SnsService } from '../../../local/services/sns/index.ts';
import { SqsService } from '../../../local/services/sqs/index.ts';

/** Records what it is invoked with; fails first as often as it is told. */
export class FunctionDouble implements Service {
  readonly name = 'lambda';
  readonly events: { readonly event: unknown; readonly at: number; readonly context: CallContext }[] = [];
  readonly attempts: number[] = [];
  failures: AwsError[] = [];
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  invoke(_operation: string, input: { readonly Payload?: Uint8Array }, context: CallContext): object {
    this.attempts.push(this.#kernel.now());
    const failure = this.failures.shift();
    if (failure) throw failure;
    const event: unknown = JSON.parse(Buffer.from(input.Payload ?? []).toString('utf8'));
    this.events.push({ event, at: this.#kernel.now(), context });
    return { StatusCode: 202 };
  }
}

type Caller = Partial<Pick<CallContext, 'principal' | 'sourceArn'>>;

/** SNS, SQS and a function, on a virtual clock. */
export class TestSns {
  readonly kernel = new Kernel();
  readonly sns: SnsService;
  readonly lambda: FunctionDouble;

  constructor(options: SnsOptions = {}) {
    this.sns = new SnsService(this.kernel, options);
    this.lambda = new FunctionDouble(this.kernel);
    this.kernel.register(this.sns);
    this.kernel.register(new SqsService(this.kernel));
    this.kernel.register(this.lambda);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as with the SDK
  do<Output extends object = any>(operation: string, input: object, caller: Caller = {}): Output {
    return this.kernel.invoke({ service: 'sns', operation, input, ...caller }) as Output;
  }

  topic(name: string, attributes: Record<string, string> = {}): string {
    const fifo = name.endsWith('.fifo') ? { FifoTopic: 'true' } : {};
    return this.do<{ TopicArn: string }>('CreateTopic', { Name: name, Attributes: { ...fifo, ...attributes } }).TopicArn;
  }

  /** A queue that lets SNS in, unless it is told not to. */
  queue(name: string, open = true): string {
    const queueArn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const allow = { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn };
    const Attributes = {
      ...(name.endsWith('.fifo') ? { FifoQueue: 'true' } : {}),
      ...(open ? { Policy: JSON.stringify({ Statement: [allow] }) } : {}),
    };
    this.kernel.invoke({ service: 'sqs', operation: 'CreateQueue', input: { QueueName: name, Attributes } });
    return queueArn;
  }

  subscribe(TopicArn: string, Endpoint: string, Attributes: Record<string, string> = {}, Protocol = Endpoint.split(':')[2]): string {
    return this.do<{ SubscriptionArn: string }>('Subscribe', { TopicArn, Protocol, Endpoint, Attributes }).SubscriptionArn;
  }

  publish(TopicArn: string, Message: string, more: object = {}, caller: Caller = {}): { MessageId: string; SequenceNumber?: string } {
    return this.do('Publish', { TopicArn, Message, ...more }, caller);
  }

  /** What a queue holds, once everything under way has arrived. */
  async received(queueArn: string): Promise<Message[]> {
    await this.kernel.settle();
    const QueueUrl = queueArn.split(':').at(-1);
    const messages: Message[] = [];
    for (;;) {
      const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] };
      const got = (this.kernel.invoke({ service: 'sqs', operation: 'ReceiveMessage', input }) as { Messages?: Message[] }).Messages ?? [];
      if (got.length === 0) return messages;
      for (const { ReceiptHandle } of got) {
        this.kernel.invoke({ service: 'sqs', operation: 'DeleteMessage', input: { QueueUrl, ReceiptHandle } });
      }
      messages.push(...got);
    }
  }

  async bodies(queueArn: string): Promise<string[]> {
    return (await this.received(queueArn)).map((message) => message.Body ?? '');
  }

  /** What the SDK would throw. */
  errorOf(act: () => unknown): AwsError {
    try {
      act();
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
    throw new Error('There was no error.');
  }
}

export const text = (StringValue: string) => ({ DataType: 'String', StringValue });
export const number = (value: number) => ({ DataType: 'Number', StringValue: String(value) });
export const list = (values: unknown[]) => ({ DataType: 'String.Array', StringValue: JSON.stringify(values) });
