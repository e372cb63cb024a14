import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { named } from './airline.ts';
import type { World } from './world.ts';

export async function send(world: World, output: string, body: unknown): Promise<void> {
  const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
  await world.aws.sqs.send(new SendMessageCommand({ QueueUrl: named(world, output), MessageBody }));
}

/** Moves one message from a queue to another, as it is. */
export async function resend(world: World, from: string, to: string): Promise<void> {
  const message = await world.eventually(`a message of ${from}`, async () => {
    const { Messages } = await world.aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: named(world, from), WaitTimeSeconds: 1 }));
    return Messages?.[0];
  });
  await send(world, to, message.Body);
  await world.aws.sqs.send(new DeleteMessageCommand({ QueueUrl: named(world, from), ReceiptHandle: message.ReceiptHandle }));
}

/** Messages in a queue: waiting, in flight and delayed. */
export async function depth(world: World, output: string): Promise<number> {
  const { Attributes } = await world.aws.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: named(world, output),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'],
    }),
  );
  return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
}

/** Outputs that name queues whose messages must all be gone in the end. */
export const QUEUES = ['BookingSagaQueueUrl', 'MailQueueUrl', 'MailDlqUrl', 'LoyaltyQueueUrl', 'AnalyticsQueueUrl'] as const;

export async function drained(world: World, output: string): Promise<void> {
  await world.eventually(`${output} is empty`, async () => ((await depth(world, output)) === 0 ? true : undefined));
}

export async function queueArn(world: World, output: string): Promise<string> {
  const { Attributes } = await world.aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: named(world, output), AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn ?? '';
}
