import type { GetQueueAttributesResult, Message, ReceiveMessageRequest, SendMessageRequest } from '@aws-sdk/client-sqs';
import { type CallContext, Kernel, type KernelOptions } from '../../../local/kernel/index.ts';
import { type SqsOptions, SqsService } from '../../../local/services/sqs/index.ts';

type Caller = Partial<Pick<CallContext, 'principal' | 'sourceArn'>>;

/** SQS on a virtual clock of its own. */
export class TestSqs {
  readonly kernel: Kernel;

  constructor(options: KernelOptions & SqsOptions = {}) {
    this.kernel = new Kernel(options);
    this.kernel.register(new SqsService(this.kernel, options));
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as with the SDK
  do<Output extends object = any>(operation: string, input: object, caller: Caller = {}): Output {
    return this.kernel.invoke({ service: 'sqs', operation, input, ...caller }) as Output;
  }

  create(name: string, attributes: Record<string, string> = {}): TestQueue {
    const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
    const { QueueUrl } = this.do<{ QueueUrl: string }>('CreateQueue', { QueueName: name, Attributes: { ...fifo, ...attributes } });
    return new TestQueue(this, QueueUrl);
  }

  /** What the SDK would throw. */
  errorOf(act: () => unknown): { code: string; message: string; queryCode: string; status: number } {
    try {
      act();
    } catch (error) {
      return error as { code: string; message: string; queryCode: string; status: number };
    }
    throw new Error('There was no error.');
  }
}

export class TestQueue {
  readonly sqs: TestSqs;
  readonly url: string;

  constructor(sqs: TestSqs, url: string) {
    this.sqs = sqs;
    this.url = url;
  }

  get arn(): string {
    return this.attributes().QueueArn ?? '';
  }

  send(body: string, more: Partial<SendMessageRequest> = {}, caller: Caller = {}): { MessageId: string; SequenceNumber?: string } {
    return this.sqs.do('SendMessage', { QueueUrl: this.url, MessageBody: body, ...more }, caller);
  }

  receive(more: Partial<ReceiveMessageRequest> = {}): Message[] {
    const input = {
      QueueUrl: this.url,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      ...more,
    };
    return this.sqs.do<{ Messages?: Message[] }>('ReceiveMessage', input).Messages ?? [];
  }

  bodies(more: Partial<ReceiveMessageRequest> = {}): (string | undefined)[] {
    return this.receive(more).map((message) => message.Body);
  }

  async poll(seconds: number): Promise<Message[]> {
    const output = await this.sqs.kernel.call({
      service: 'sqs',
      operation: 'ReceiveMessage',
      input: { QueueUrl: this.url, WaitTimeSeconds: seconds, MaxNumberOfMessages: 10 },
    });
    return (output as { Messages?: Message[] }).Messages ?? [];
  }

  delete(message: Message | undefined): void {
    this.sqs.do('DeleteMessage', { QueueUrl: this.url, ReceiptHandle: message?.ReceiptHandle });
  }

  hide(message: Message | undefined, seconds: number): void {
    this.sqs.do('ChangeMessageVisibility', { QueueUrl: this.url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: seconds });
  }

  attributes(): Record<string, string> {
    return this.sqs.do<GetQueueAttributesResult>('GetQueueAttributes', { QueueUrl: this.url, AttributeNames: ['All'] }).Attributes ?? {};
  }

  set(attributes: Record<string, string>): void {
    this.sqs.do('SetQueueAttributes', { QueueUrl: this.url, Attributes: attributes });
  }

  /** Visible, in flight, delayed. */
  counts(): [number, number, number] {
    const all = this.attributes();
    return [
      Number(all.ApproximateNumberOfMessages),
      Number(all.ApproximateNumberOfMessagesNotVisible),
      Number(all.ApproximateNumberOfMessagesDelayed),
    ];
  }
}

export function deadLetterTo(queue: TestQueue, maxReceiveCount: number): Record<string, string> {
  return { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queue.arn, maxReceiveCount }) };
}
