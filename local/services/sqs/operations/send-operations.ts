import { createHash } from 'node:crypto';
import type {
  BatchResultErrorEntry,
  MessageAttributeValue,
  SendMessageBatchRequest,
  SendMessageBatchRequestEntry,
  SendMessageBatchResult,
  SendMessageBatchResultEntry,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { AwsError, type CallContext } from '../../../kernel/index.ts';
import { authorize } from '../access.ts';
import { invalidParameter, invalidValue, legacy, missingParameter } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import type { MessageContent } from '../message.ts';
import { checkAttributes, checkCharacters, md5, md5OfAttributes, sizeOfAttributes } from '../message-attributes.ts';
import type { Queue } from '../queue.ts';
import type { Queues } from '../queues.ts';
import { batchAnswer, checkBatch, failedEntry } from './batch.ts';
import type { Operations } from './operation.ts';

type Outgoing = Omit<SendMessageRequest, 'QueueUrl'>;

/** Sending, one message or ten. */
export function sendOperations(queues: Queues): Operations {
  return {
    SendMessage(input: SendMessageRequest, context): SendMessageResult {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'SendMessage', context);
      checkShape(queue, input);
      if (sizeOf(input) > queue.settings.maximumMessageBytes) {
        throw invalidParameter(
          `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.maximumMessageBytes} bytes.`,
        );
      }
      return send(queue, input, context);
    },
    SendMessageBatch(input: SendMessageBatchRequest, context): SendMessageBatchResult {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'SendMessage', context);
      const entries = checkBatch(input.Entries, 'SendMessageBatchRequestEntry');
      const total = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
      if (total > LIMITS.messageBytes) {
        throw legacy(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${LIMITS.messageBytes} bytes. You have sent ${total} bytes.`,
        );
      }
      // What makes a message fit for a FIFO queue is checked before anything is accepted, and refuses the whole batch.
      for (const entry of entries) checkFifo(queue, entry, invalidParameter);
      const successful: SendMessageBatchResultEntry[] = [];
      const failed: BatchResultErrorEntry[] = [];
      for (const entry of entries) {
        const outcome = sendEntry(queue, entry, context);
        if (outcome instanceof AwsError) failed.push(failedEntry(entry.Id, outcome));
        else successful.push({ ...outcome, Id: entry.Id, MessageId: outcome.MessageId, MD5OfMessageBody: outcome.MD5OfMessageBody });
      }
      return batchAnswer(successful, failed);
    },
  };
}

function sendEntry(queue: Queue, entry: SendMessageBatchRequestEntry, context: CallContext): SendMessageResult | AwsError {
  try {
    checkShape(queue, entry);
    if (sizeOf(entry) > queue.settings.maximumMessageBytes) {
      throw invalidParameter(
        `One or more parameters cannot be validated. Reason: Message must be shorter than ${queue.settings.maximumMessageBytes} bytes.`,
      );
    }
    return send(queue, entry, context);
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

function send(queue: Queue, message: Outgoing, context: CallContext): SendMessageResult {
  const content = contentOf(queue, message);
  // A FIFO queue takes a delay of zero as none given: the queue's own applies.
  const delay = queue.settings.fifo && message.DelaySeconds === 0 ? undefined : message.DelaySeconds;
  const { id, sequenceNumber } = queue.send(content, context.principal, delay === undefined ? undefined : delay * 1000);
  return {
    MessageId: id,
    MD5OfMessageBody: content.md5OfBody,
    ...(content.md5OfAttributes === undefined ? {} : { MD5OfMessageAttributes: content.md5OfAttributes }),
    ...(content.md5OfSystemAttributes === undefined ? {} : { MD5OfMessageSystemAttributes: content.md5OfSystemAttributes }),
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
  };
}

function contentOf(queue: Queue, message: Outgoing): MessageContent {
  const body = message.MessageBody ?? '';
  const attributes = message.MessageAttributes ?? {};
  const system = systemAttributes(message);
  const contentHash = queue.settings.contentBasedDeduplication ? createHash('sha256').update(body).digest('hex') : undefined;
  return {
    body,
    md5OfBody: md5(body),
    attributes,
    md5OfAttributes: md5OfAttributes(attributes),
    traceHeader: system.AWSTraceHeader?.StringValue,
    md5OfSystemAttributes: md5OfAttributes(system),
    groupId: message.MessageGroupId,
    deduplicationId: queue.settings.fifo ? (message.MessageDeduplicationId ?? contentHash) : message.MessageDeduplicationId,
  };
}

function checkShape(queue: Queue, message: Outgoing): void {
  if (!message.MessageBody) throw missingParameter('MessageBody');
  checkCharacters(message.MessageBody);
  checkAttributes(message.MessageAttributes ?? {});
  const system = systemAttributes(message);
  const unknown = Object.keys(system).find((name) => name !== 'AWSTraceHeader');
  if (unknown !== undefined) throw invalidParameter(`Message system attribute name '${unknown}' is invalid.`);
  checkAttributes(system, 'system');
  checkFifo(queue, message, (text) => new AwsError('MissingParameter', text));
  const delay = message.DelaySeconds ?? 0;
  if (!Number.isInteger(delay) || delay < 0 || delay > LIMITS.delaySeconds) {
    throw invalidValue(delay, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.');
  }
  if (queue.settings.fifo && delay > 0) {
    throw invalidValue(delay, 'DelaySeconds', 'The request include parameter that is not valid for this queue type.');
  }
}

/** A batch answers a missing group id with another code than a single send does. */
function checkFifo(queue: Queue, message: Outgoing, missing: (text: string) => AwsError): void {
  checkId('MessageGroupId', message.MessageGroupId);
  if (!queue.settings.fifo) {
    if (message.MessageDeduplicationId !== undefined) {
      const reason = 'The request include parameter that is not valid for this queue type';
      throw invalidValue(message.MessageDeduplicationId, 'MessageDeduplicationId', reason);
    }
    return;
  }
  if (message.MessageGroupId === undefined) throw missing('The request must contain the parameter MessageGroupId.');
  checkId('MessageDeduplicationId', message.MessageDeduplicationId);
  if (message.MessageDeduplicationId === undefined && !queue.settings.contentBasedDeduplication) {
    throw invalidParameter('The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly');
  }
}

function checkId(parameter: string, id: string | undefined): void {
  if (id === undefined || /^[A-Za-z0-9!-/:-@[-`{-~]{1,128}$/.test(id)) return;
  throw invalidValue(id, parameter, `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`);
}

function systemAttributes(message: Outgoing): Record<string, MessageAttributeValue> {
  return (message.MessageSystemAttributes ?? {}) as Record<string, MessageAttributeValue>;
}

function sizeOf(message: Outgoing): number {
  return Buffer.byteLength(message.MessageBody ?? '') + sizeOfAttributes(message.MessageAttributes ?? {});
}
