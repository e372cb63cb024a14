import type {
  BatchResultErrorEntry,
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult,
  ChangeMessageVisibilityRequest,
  DeleteMessageBatchRequest,
  DeleteMessageBatchResult,
  DeleteMessageBatchResultEntry,
  DeleteMessageRequest,
  Message as ReceivedMessage,
  ReceiveMessageRequest,
  ReceiveMessageResult,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../../kernel/index.ts';
import { authorize } from '../access.ts';
import { invalidValue, missingParameter } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import type { Message } from '../message.ts';
import { md5OfAttributes, selectAttributes } from '../message-attributes.ts';
import type { Queues } from '../queues.ts';
import { batchAnswer, checkBatch, failedEntry } from './batch.ts';
import type { Operations } from './operation.ts';

/** Receiving, and what a receiver does with what it got. */
export function receiveOperations(queues: Queues): Operations {
  return {
    ReceiveMessage(input: ReceiveMessageRequest, context): ReceiveMessageResult | Promise<ReceiveMessageResult> {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'ReceiveMessage', context);
      const max = input.MaxNumberOfMessages ?? 1;
      if (!Number.isInteger(max) || max < 1 || max > LIMITS.batchEntries) {
        throw invalidValue(max, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.');
      }
      const wait = input.WaitTimeSeconds;
      if (wait !== undefined && !(wait >= 0 && wait <= LIMITS.waitSeconds)) {
        throw invalidValue(wait, 'WaitTimeSeconds', `Must be >= 0 and <= ${LIMITS.waitSeconds}, if provided.`);
      }
      if (input.VisibilityTimeout !== undefined) checkTimeout(input.VisibilityTimeout);
      const visibilityMs = input.VisibilityTimeout === undefined ? undefined : input.VisibilityTimeout * 1000;
      const waitMs = wait === undefined ? queue.settings.waitMs : wait * 1000;
      const answer = (messages: readonly Message[]): ReceiveMessageResult =>
        messages.length > 0 ? { Messages: messages.map((message) => received(message, input)) } : {};
      const messages = queue.receive({ max, visibilityMs });
      if (messages.length > 0 || waitMs === 0) return answer(messages);
      return queue.waitToReceive({ max, visibilityMs }, waitMs).then(answer);
    },
    DeleteMessage(input: DeleteMessageRequest, context) {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'DeleteMessage', context);
      queue.delete(handleOf(input));
      return {};
    },
    DeleteMessageBatch(input: DeleteMessageBatchRequest, context): DeleteMessageBatchResult {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'DeleteMessage', context);
      return eachEntry(checkBatch(input.Entries, 'DeleteMessageBatchRequestEntry'), (entry) => queue.delete(handleOf(entry)));
    },
    ChangeMessageVisibility(input: ChangeMessageVisibilityRequest, context) {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'ChangeMessageVisibility', context);
      queue.changeVisibility(handleOf(input), timeoutOf(input));
      return {};
    },
    ChangeMessageVisibilityBatch(input: ChangeMessageVisibilityBatchRequest, context): ChangeMessageVisibilityBatchResult {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'ChangeMessageVisibility', context);
      const entries = checkBatch(input.Entries, 'ChangeMessageVisibilityBatchRequestEntry');
      return eachEntry(entries, (entry) => queue.changeVisibility(handleOf(entry), timeoutOf(entry)));
    },
  };
}

function eachEntry<Entry extends { Id: string | undefined }>(
  entries: readonly Entry[],
  act: (entry: Entry) => void,
): DeleteMessageBatchResult {
  const successful: DeleteMessageBatchResultEntry[] = [];
  const failed: BatchResultErrorEntry[] = [];
  for (const entry of entries) {
    try {
      act(entry);
      successful.push({ Id: entry.Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push(failedEntry(entry.Id, error));
    }
  }
  return batchAnswer(successful, failed);
}

function received(message: Message, request: ReceiveMessageRequest): ReceivedMessage {
  const system = systemAttributesOf(message, [...(request.AttributeNames ?? []), ...(request.MessageSystemAttributeNames ?? [])]);
  const attributes = selectAttributes(message.content.attributes, request.MessageAttributeNames ?? []);
  const digest = attributes === message.content.attributes ? message.content.md5OfAttributes : md5OfAttributes(attributes);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.content.md5OfBody,
    Body: message.content.body,
    ...(Object.keys(system).length > 0 ? { Attributes: system } : {}),
    ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest, MessageAttributes: attributes }),
  };
}

const SYSTEM_ATTRIBUTES: Readonly<Record<string, (message: Message) => string | number | undefined>> = {
  SenderId: (message) => message.senderId,
  SentTimestamp: (message) => message.sentAt,
  ApproximateReceiveCount: (message) => message.receiveCount,
  ApproximateFirstReceiveTimestamp: (message) => message.firstReceivedAt,
  SequenceNumber: (message) => message.sequenceNumber,
  MessageDeduplicationId: (message) => message.content.deduplicationId,
  MessageGroupId: (message) => message.content.groupId,
  AWSTraceHeader: (message) => message.content.traceHeader,
  DeadLetterQueueSourceArn: (message) => message.deadLetterSource,
};

function systemAttributesOf(message: Message, names: readonly string[]): Record<string, string> {
  if (names.length === 0) return {};
  const all = names.includes('All');
  const chosen: Record<string, string> = {};
  for (const [name, read] of Object.entries(SYSTEM_ATTRIBUTES)) {
    if (!all && !names.includes(name)) continue;
    const value = read(message);
    if (value !== undefined) chosen[name] = String(value);
  }
  return chosen;
}

function handleOf(input: { ReceiptHandle?: string | undefined }): string {
  if (!input.ReceiptHandle) throw missingParameter('ReceiptHandle');
  return input.ReceiptHandle;
}

function timeoutOf(input: { VisibilityTimeout?: number | undefined }): number {
  if (input.VisibilityTimeout === undefined) throw missingParameter('VisibilityTimeout');
  checkTimeout(input.VisibilityTimeout);
  return input.VisibilityTimeout * 1000;
}

function checkTimeout(seconds: number): void {
  if (seconds >= 0 && seconds <= LIMITS.visibilitySeconds) return;
  const reason = `VisibilityTimeout must be >= 0 and <= ${LIMITS.visibilitySeconds}, if provided.`;
  throw invalidValue(seconds, 'VisibilityTimeout', reason);
}
