import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { Node } from './linked-list.ts';

export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** What a sender gives. */
export interface MessageContent {
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes;
  readonly md5OfAttributes: string | undefined;
  /** X-Ray's header, sent as a message system attribute. */
  readonly traceHeader: string | undefined;
  readonly md5OfSystemAttributes: string | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
}

/** `ready`: not hidden. `delayed`, `in-flight`: hidden for a time. `gone`: deleted, moved or expired. */
export type MessageState = 'ready' | 'delayed' | 'in-flight' | 'gone';

/** A message in a queue. */
export interface Message {
  readonly id: string;
  readonly content: MessageContent;
  readonly senderId: string;
  /** Epoch milliseconds. Kept on the way from a standard queue to its dead-letter queue: retention counts from the first send. */
  readonly sentAt: number;
  /** Position in a FIFO queue, 20 digits. */
  readonly sequenceNumber: string | undefined;
  /** ARN of the queue that it was dead-lettered from. */
  readonly deadLetterSource: string | undefined;
  state: MessageState;
  firstReceivedAt: number | undefined;
  lastReceivedAt: number | undefined;
  /** Receives in the message's life, as consumers see them: a dead-letter queue counts on. */
  receiveCount: number;
  /** Receives in this queue, which the redrive policy counts. */
  receivesHere: number;
  /** The handle of the latest receive, the only one that deletes. */
  receiptHandle: string | undefined;
  /** Its place in the order of its queue. */
  place: Node<Message> | undefined;
}
