import type { KinesisStreamRecord, SQSRecord } from 'aws-lambda';
import { unwrap } from '../consumer/body.ts';
import { deliveryOf } from '../consumer/delivery.ts';
import { type Reading, readEvent } from '../consumer/when.ts';
import type { ProjectionRule } from './project.ts';

/** One record of a batch, from a queue or a stream. */
export interface Entry {
  /** What a partial batch response calls it. */
  readonly id: string;
  readonly body: string;
  readonly reading: Reading<ProjectionRule>;
  /** Where it came from, for people. */
  readonly origin: string;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
  /** Place in a stream. @default it comes from a queue, or out of the parking table */
  readonly position?: { readonly shard: string; readonly sequenceNumber: string };
  /** From a queue: what is needed to let it come again later. */
  readonly queued?: { readonly receives: number; readonly receiptHandle: string };
}

export function entryOfSqs(record: SQSRecord, rules: readonly ProjectionRule[]): Entry {
  const delivery = deliveryOf(record);
  return {
    id: delivery.messageId,
    body: delivery.body,
    reading: readEvent(unwrap(delivery.body), rules),
    origin: delivery.messageId,
    arrivedAt: delivery.sentAt,
    queued: { receives: delivery.receives, receiptHandle: delivery.receiptHandle },
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export function entryOfKinesis(record: KinesisStreamRecord, rules: readonly ProjectionRule[]): Entry {
  const { data, sequenceNumber, approximateArrivalTimestamp } = record.kinesis;
  const body = Buffer.from(data, 'base64').toString('utf8');
  const shard = record.eventID.split(':')[0] ?? '';
  return {
    id: sequenceNumber,
    body,
    reading: readEvent(unwrap(body), rules),
    origin: `${shard}:${sequenceNumber}`,
    arrivedAt: approximateArrivalTimestamp * 1000,
    position: { shard, sequenceNumber },
  };
}

/** Compares sequence numbers of Kinesis: integers of up to 128 bits, in decimal. */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
