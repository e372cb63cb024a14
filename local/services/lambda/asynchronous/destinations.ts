import { queueUrl } from '../../../delivery/index.ts';
import { AwsError, type Kernel, type ServiceCall } from '../../../kernel/index.ts';

/** What is sent to a destination. */
export interface DestinationMessage {
  /** The JSON document. */
  readonly body: string;
  /** `Success` or `Failure`, for event buses. */
  readonly result: 'Success' | 'Failure';
  readonly functionArn: string;
  /** Key of the object, for buckets. */
  readonly objectKey?: string;
  /** Message attributes, for dead-letter queues. */
  readonly attributes?: Readonly<Record<string, string>>;
}

const ATTEMPTS = 3;

/**
 * Delivers to a queue, topic, bus, function or bucket, in the name of the function's role.
 *
 * @throws AwsError the destination's refusal, after three attempts where it may pass
 */
export async function sendToDestination(kernel: Kernel, role: string, destination: string, message: DestinationMessage): Promise<void> {
  const call = { ...destinationCall(destination, message), principal: role };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const output = (await kernel.call(call)) as { FailedEntryCount?: number; Entries?: { ErrorCode?: string; ErrorMessage?: string }[] };
      const refused = output.FailedEntryCount ? output.Entries?.find((entry) => entry.ErrorCode) : undefined;
      if (refused) throw new AwsError(refused.ErrorCode ?? 'InternalFailure', refused.ErrorMessage ?? '', { fault: 'server' });
      return;
    } catch (error) {
      const passing = error instanceof AwsError && (error.status >= 500 || error.status === 429 || /Thrott/.test(error.code));
      if (!passing || attempt === ATTEMPTS) throw error;
      await new Promise<void>((resolve) => void kernel.after(1000 * 2 ** (attempt - 1), resolve, { label: `delivery to ${destination}` }));
    }
  }
}

function destinationCall(destination: string, message: DestinationMessage): ServiceCall {
  const [, , service, , , ...rest] = destination.split(':');
  const resource = rest.join(':');
  switch (service) {
    case 'sqs':
      return {
        service: 'sqs',
        operation: 'SendMessage',
        input: {
          QueueUrl: queueUrl(destination),
          MessageBody: message.body,
          ...attributes(message),
          ...(resource.endsWith('.fifo') ? { MessageGroupId: message.functionArn } : {}),
        },
      };
    case 'sns':
      return { service: 'sns', operation: 'Publish', input: { TopicArn: destination, Message: message.body, ...attributes(message) } };
    case 'events':
      return {
        service: 'events',
        operation: 'PutEvents',
        input: {
          Entries: [
            {
              EventBusName: destination,
              Source: 'lambda',
              DetailType: `Lambda Function Invocation Result - ${message.result}`,
              Resources: [destination, message.functionArn],
              Detail: message.body,
            },
          ],
        },
      };
    case 'lambda':
      return {
        service: 'lambda',
        operation: 'Invoke',
        input: { FunctionName: destination, InvocationType: 'Event', Payload: Buffer.from(message.body) },
      };
    case 's3':
      return {
        service: 's3',
        operation: 'PutObject',
        input: { Bucket: resource, Key: message.objectKey ?? message.functionArn, Body: Buffer.from(message.body) },
      };
    default:
      throw new AwsError('InvalidParameterValueException', `The provided destination config DestinationConfig is invalid: ${destination}`);
  }
}

function attributes(message: DestinationMessage): object {
  if (!message.attributes) return {};
  const entries = Object.entries(message.attributes).map(([name, value]) => [
    name,
    { DataType: name === 'ErrorCode' ? 'Number' : 'String', StringValue: value },
  ]);
  return { MessageAttributes: Object.fromEntries(entries) };
}
