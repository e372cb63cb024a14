import { AwsError, type Kernel } from '../kernel/index.ts';
import { queueUrl } from './queue-url.ts';
import { targetKind } from './target-arn.ts';

/** A payload for a target, and on whose behalf it goes there. */
export interface Shipment {
  readonly arn: string;
  /** What the target receives: JSON text, or any text for SQS and SNS. */
  readonly payload: string;
  readonly principal: string;
  readonly sourceArn: string;
  /** For FIFO queues. @default none */
  readonly messageGroupId?: string;
  /** For Kinesis. */
  readonly partitionKey: string;
  /** For Step Functions: AWS makes a name, which nobody can choose. */
  readonly executionName: string;
}

const encoder = new TextEncoder();

/** Makes the one call that hands a payload to a queue, topic, function, state machine or stream. */
export function send(kernel: Kernel, shipment: Shipment): Promise<object> {
  const { arn, payload, principal, sourceArn } = shipment;
  const from = { principal, sourceArn };
  switch (targetKind(arn)) {
    case 'sqs': {
      const group = shipment.messageGroupId === undefined ? {} : { MessageGroupId: shipment.messageGroupId };
      const input = { QueueUrl: queueUrl(arn), MessageBody: payload, ...group };
      return kernel.call({ service: 'sqs', operation: 'SendMessage', input, ...from });
    }
    case 'sns':
      return kernel.call({ service: 'sns', operation: 'Publish', input: { TopicArn: arn, Message: payload }, ...from });
    case 'lambda': {
      const input = { FunctionName: arn, Payload: encoder.encode(payload), InvocationType: 'Event' };
      return kernel.call({ service: 'lambda', operation: 'Invoke', input, ...from });
    }
    case 'states': {
      const input = { stateMachineArn: arn, input: payload, name: shipment.executionName };
      return kernel.call({ service: 'states', operation: 'StartExecution', input, ...from });
    }
    case 'kinesis': {
      const input = { StreamARN: arn, Data: encoder.encode(payload), PartitionKey: shipment.partitionKey };
      return kernel.call({ service: 'kinesis', operation: 'PutRecord', input, ...from });
    }
    default:
      return Promise.reject(new AwsError('ValidationException', `The local cloud cannot deliver to ${arn}.`));
  }
}
