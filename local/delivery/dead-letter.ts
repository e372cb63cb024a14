import type { Kernel } from '../kernel/index.ts';
import { queueUrl } from './queue-url.ts';

export interface DeadLetter {
  readonly queueArn: string;
  readonly body: string;
  /** String attributes; undefined ones are left out. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly principal: string;
  readonly sourceArn: string;
}

/** Sends what could not be delivered to a dead-letter queue. The promise rejects with the queue's error. */
export function sendDeadLetter(kernel: Kernel, letter: DeadLetter): Promise<object> {
  const attributes = Object.entries(letter.attributes).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, { DataType: 'String', StringValue: value }] as const],
  );
  return kernel.call({
    service: 'sqs',
    operation: 'SendMessage',
    input: { QueueUrl: queueUrl(letter.queueArn), MessageBody: letter.body, MessageAttributes: Object.fromEntries(attributes) },
    principal: letter.principal,
    sourceArn: letter.sourceArn,
  });
}
