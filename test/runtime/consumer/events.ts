import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { defineEvent, type Envelope } from '../../../lambdas/contracts/index.ts';

export const Deposited = defineEvent('bank.deposited', {
  version: 1,
  source: 'bank',
  subject: (data) => data.account,
  data: z.object({ account: z.string(), amount: z.number() }),
});

export const Closed = defineEvent('bank.closed', {
  version: 1,
  source: 'bank',
  subject: (data) => data.account,
  data: z.object({ account: z.string() }),
});

export function deposited(account: string, sequence: number, amount = sequence): Envelope {
  return Deposited.create({ account, amount }, { sequence, time: Date.now(), correlationid: `flow-${account}` });
}

export function sqsRecord(body: unknown, receives = 1, options: { id?: string; group?: string } = {}): SQSRecord {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    messageId: options.id ?? `message-${text.length}-${Math.random()}`,
    receiptHandle: 'receipt',
    body: text,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(Date.now()),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
      ...(options.group === undefined ? {} : { MessageGroupId: options.group }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:queue${options.group === undefined ? '' : '.fifo'}`,
    awsRegion: 'us-east-1',
  };
}

export const sqsEvent = (...Records: SQSRecord[]): SQSEvent => ({ Records });
