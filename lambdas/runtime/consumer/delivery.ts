import type { SQSRecord } from 'aws-lambda';

/** One message of a batch. */
export interface Delivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it has been received, this time included. */
  readonly receives: number;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** Message group of a FIFO queue. @default a standard queue */
  readonly group?: string;
}

export function deliveryOf(record: SQSRecord): Delivery {
  const group = record.attributes.MessageGroupId;
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    receives: Number(record.attributes.ApproximateReceiveCount),
    sentAt: Number(record.attributes.SentTimestamp),
    // Standard queues may carry message groups too (fair queues); only a FIFO queue orders by them.
    ...(group !== undefined && record.eventSourceARN.endsWith('.fifo') ? { group } : {}),
  };
}
