import { createHash } from 'node:crypto';
import type { PublishBatchInput, PublishBatchRequestEntry, PublishBatchResponse, PublishInput, PublishResponse } from '@aws-sdk/client-sns';
import { authorize } from '../access.ts';
import type { Deliveries } from '../delivery.ts';
import { batchError, invalidParameter } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { checkAttributes, sizeOfAttributes } from '../message-attributes.ts';
import type { Published, Topic } from '../topic.ts';
import { attributeOf, type Topics } from '../topics.ts';
import type { Operations } from './operation.ts';

type Outgoing = Omit<PublishInput, 'TopicArn' | 'TargetArn' | 'PhoneNumber'>;

/** Publishing, one message or ten. */
export function publishOperations(topics: Topics, deliveries: Deliveries): Operations {
  return {
    Publish(input: PublishInput, context): PublishResponse {
      if (input.PhoneNumber !== undefined) {
        const messageId = topics.kernel.uuid();
        const text = checkMessage(input);
        deliveries.keepOutside({ protocol: 'sms', endpoint: input.PhoneNumber, subject: input.Subject, text, at: topics.kernel.now() });
        return { MessageId: messageId };
      }
      const topic = topics.find(input.TopicArn ?? input.TargetArn);
      authorize(topic, 'Publish', context);
      checkForTopic(topic, input);
      if (sizeOf(input) > maximumBytes(topic)) throw invalidParameter('Message too long');
      return answer(publish(topics, deliveries, topic, input));
    },
    PublishBatch(input: PublishBatchInput, context): PublishBatchResponse {
      const topic = topics.find(input.TopicArn);
      authorize(topic, 'Publish', context);
      const entries = checkBatch(input.PublishBatchRequestEntries);
      for (const entry of entries) checkForTopic(topic, entry);
      if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > maximumBytes(topic)) {
        throw batchError('BatchRequestTooLong', 'The length of all the messages put together is more than the limit.');
      }
      const Successful = entries.map((entry) => ({ Id: entry.Id, ...answer(publish(topics, deliveries, topic, entry)) }));
      return { Successful, Failed: [] };
    },
  };
}

function publish(topics: Topics, deliveries: Deliveries, topic: Topic, message: Outgoing): Published {
  const now = topics.kernel.now();
  const deduplicationId = deduplicationIdOf(topic, message);
  const scope = topic.attributes.get('FifoThroughputScope') === 'MessageGroup' ? `${message.MessageGroupId}\n` : '';
  const known = topic.fifo ? topic.published.find(`${scope}${deduplicationId}`, now) : undefined;
  if (known) return known;
  const published: Published = { messageId: topics.kernel.uuid(), sequenceNumber: topic.fifo ? nextSequenceNumber(topic) : undefined };
  if (topic.fifo) topic.published.remember(`${scope}${deduplicationId}`, published, now);
  const { default: text, ...byProtocol } = textsOf(message);
  deliveries.deliver(topic, {
    messageId: published.messageId,
    topicArn: topic.arn,
    subject: message.Subject,
    message: text ?? '',
    byProtocol,
    attributes: message.MessageAttributes ?? {},
    publishedAt: now,
    fifo: topic.fifo,
    groupId: message.MessageGroupId,
    deduplicationId,
    sequenceNumber: published.sequenceNumber,
  });
  return published;
}

function answer({ messageId, sequenceNumber }: Published): PublishResponse {
  return { MessageId: messageId, ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }) };
}

function checkForTopic(topic: Topic, message: Outgoing): void {
  checkMessage(message);
  if (!topic.fifo) {
    if (message.MessageDeduplicationId === undefined) return;
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
  }
  if (!message.MessageGroupId) throw invalidParameter('The MessageGroupId parameter is required for FIFO topics');
  if (deduplicationIdOf(topic, message) === undefined) {
    throw invalidParameter('The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly');
  }
}

/** Checks a message and gives the text that goes to whoever has none of their own. */
function checkMessage(message: Outgoing): string {
  if (!message.Message) throw invalidParameter('Empty message');
  const { Subject: subject } = message;
  // The subject of an e-mail: text of one line.
  if (subject !== undefined && (subject.length > LIMITS.subjectCharacters || !/^[\x21-\x7e][\x20-\x7e]*$/.test(subject))) {
    throw invalidParameter('Subject');
  }
  checkAttributes(message.MessageAttributes ?? {});
  const text = textsOf(message).default;
  if (typeof text !== 'string') throw invalidParameter('Message Structure - No default entry in JSON message body');
  return text;
}

/** The text by protocol, the common one under `default`. */
function textsOf(message: Outgoing): Record<string, string> {
  const text = message.Message ?? '';
  if (message.MessageStructure === undefined) return { default: text };
  if (message.MessageStructure !== 'json') throw invalidParameter('MessageStructure');
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, string>;
  } catch {
    // Answered below, as SNS does.
  }
  throw invalidParameter('Message Structure - JSON message body failed to parse');
}

function checkBatch(entries: readonly PublishBatchRequestEntry[] | undefined): readonly PublishBatchRequestEntry[] {
  if (!entries || entries.length === 0) throw batchError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  if (entries.length > LIMITS.batchEntries) {
    throw batchError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
  }
  const seen = new Set<string>();
  for (const { Id: id = '' } of entries) {
    if (id.length > 80) throw batchError('InvalidBatchEntryId', `The Id of a batch entry in the batch request is too long: ${id}`);
    if (!/^[A-Za-z0-9_-]+$/.test(id)) {
      throw batchError('InvalidBatchEntryId', `The Id of a batch entry in the batch request contains an impermissible character: ${id}`);
    }
    if (seen.has(id)) throw batchError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
    seen.add(id);
  }
  return entries;
}

function deduplicationIdOf(topic: Topic, message: Outgoing): string | undefined {
  if (!topic.fifo || message.MessageDeduplicationId !== undefined) return message.MessageDeduplicationId;
  if (attributeOf(topic, 'ContentBasedDeduplication') !== 'true') return undefined;
  return createHash('sha256')
    .update(message.Message ?? '')
    .digest('hex');
}

function nextSequenceNumber(topic: Topic): string {
  topic.sequence += 1;
  return `1${String(topic.sequence).padStart(16, '0')}000`;
}

function maximumBytes(topic: Topic): number {
  return Number(topic.attributes.get('MaximumMessageSize') ?? LIMITS.messageBytes);
}

function sizeOf(message: Outgoing): number {
  return Buffer.byteLength(message.Message ?? '') + sizeOfAttributes(message.MessageAttributes ?? {});
}
