import { AwsError, type CallContext, Kernel, type Service, type ServiceName } from '../../../local/kernel/index.ts';
import { S3Service } from '../../../local/services/s3/index.ts';
import { SnsService } from '../../../local/services/sns/index.ts';
import { SqsService } from '../../../local/services/sqs/index.ts';

/** Records what it is invoked with. */
class Recorder implements Service {
  readonly name: ServiceName;
  readonly calls: { readonly operation: string; readonly input: object; readonly context: CallContext }[] = [];

  constructor(name: ServiceName) {
    this.name = name;
  }

  invoke(operation: string, input: object, context: CallContext): object {
    this.calls.push({ operation, input, context });
    return operation === 'PutEvents' ? { FailedEntryCount: 0, Entries: [{ EventId: '1' }] } : { StatusCode: 202 };
  }
}

type Caller = Partial<Pick<CallContext, 'principal' | 'sourceArn'>>;

/** S3 with queues, topics, a function and EventBridge around it, on a virtual clock. */
export class TestS3 {
  readonly kernel = new Kernel();
  readonly s3 = new S3Service(this.kernel);
  readonly lambda = new Recorder('lambda');
  readonly events = new Recorder('events');

  constructor() {
    for (const service of [this.s3, new SqsService(this.kernel), new SnsService(this.kernel), this.lambda, this.events]) {
      this.kernel.register(service);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as with the SDK
  call<Output extends object = any>(service: ServiceName, operation: string, input: object, caller: Caller = {}): Output {
    return this.kernel.invoke({ service, operation, input, ...caller }) as Output;
  }

  bucket(name = 'photos', versioning?: 'Enabled' | 'Suspended'): TestBucket {
    this.call('s3', 'CreateBucket', { Bucket: name });
    if (versioning) this.call('s3', 'PutBucketVersioning', { Bucket: name, VersioningConfiguration: { Status: versioning } });
    return new TestBucket(this, name);
  }

  /** A queue that lets S3 in. */
  queue(name: string, open = true): string {
    const QueueArn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const Statement = [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: QueueArn }];
    this.call('sqs', 'CreateQueue', { QueueName: name, Attributes: open ? { Policy: JSON.stringify({ Statement }) } : {} });
    return QueueArn;
  }

  /** The bodies of a queue, once everything under way has arrived. */
  async received(queueArn: string): Promise<Record<string, unknown>[]> {
    await this.kernel.settle();
    const bodies: Record<string, unknown>[] = [];
    for (;;) {
      const input = { QueueUrl: queueArn, MaxNumberOfMessages: 10 };
      const { Messages: messages = [] } = this.call<{ Messages?: { Body: string; ReceiptHandle: string }[] }>(
        'sqs',
        'ReceiveMessage',
        input,
      );
      if (messages.length === 0) return bodies;
      for (const { Body, ReceiptHandle } of messages) {
        bodies.push(JSON.parse(Body));
        this.call('sqs', 'DeleteMessage', { QueueUrl: queueArn, ReceiptHandle });
      }
    }
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

export class TestBucket {
  readonly aws: TestS3;
  readonly name: string;

  constructor(aws: TestS3, name: string) {
    this.aws = aws;
    this.name = name;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as with the SDK
  do<Output extends object = any>(operation: string, input: object = {}, caller: Caller = {}): Output {
    return this.aws.call('s3', operation, { Bucket: this.name, ...input }, caller);
  }

  put(Key: string, text: string, more: object = {}): { ETag: string; VersionId?: string } {
    return this.do('PutObject', { Key, Body: Buffer.from(text), ...more });
  }

  get(Key: string, more: object = {}): string {
    return Buffer.from(this.do<{ Body: Uint8Array }>('GetObject', { Key, ...more }).Body).toString('utf8');
  }

  keys(more: object = {}): string[] {
    return (this.do<{ Contents?: { Key: string }[] }>('ListObjectsV2', more).Contents ?? []).map(({ Key }) => Key);
  }
}
