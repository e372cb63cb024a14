import type { Kernel } from '../../../kernel/index.ts';
import { sendToDestination } from '../asynchronous/destinations.ts';
import { datePath } from '../asynchronous/queue.ts';
import { type Mapping, note, type PollerHost, roleOf } from './source.ts';
import type { StreamClient } from './stream-client.ts';
import type { StreamRecord } from './stream-records.ts';

/** Records that are given up, and why. */
export interface DiscardedBatch {
  readonly records: readonly StreamRecord[];
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invocations: number;
  readonly requestId: string;
  readonly executedVersion: string;
  readonly shardId: string;
}

/**
 * Sends a report of records that are given up to the mapping's on-failure destination. Queues and topics get where the
 * records were in the stream; only a bucket gets the records themselves.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export async function reportDiscarded(host: PollerHost, mapping: Mapping, client: StreamClient, batch: DiscardedBatch): Promise<void> {
  const { onFailure } = mapping.settings;
  const { records } = batch;
  if (onFailure === undefined) {
    note(
      host,
      mapping,
      `${records.length} records were given up (${batch.condition}) and are lost: the mapping has no on-failure destination.`,
    );
    return;
  }
  const document = JSON.stringify(report(host.kernel, mapping, client, batch, onFailure.startsWith('arn:aws:s3:')));
  const message = {
    body: document,
    result: 'Failure',
    functionArn: mapping.functionArn,
    objectKey: `aws/lambda/${mapping.uuid}/${batch.shardId}/${datePath(host.kernel)}-${host.kernel.uuid()}`,
  } as const;
  try {
    await sendToDestination(host.kernel, roleOf(host, mapping), onFailure, message);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    note(host, mapping, `${records.length} records were given up and are lost: ${onFailure} did not take the report. ${reason}`);
  }
}

function report(kernel: Kernel, mapping: Mapping, client: StreamClient, batch: DiscardedBatch, withPayload: boolean): object {
  const { records } = batch;
  const time = (record: StreamRecord | undefined): string => new Date(record?.arrivedAt ?? 0).toISOString();
  const { functionArn } = mapping;
  return {
    requestContext: {
      requestId: batch.requestId,
      functionArn: /:function:[^:]+$/.test(functionArn) ? `${functionArn}:$LATEST` : functionArn,
      condition: batch.condition,
      approximateInvokeCount: batch.invocations,
    },
    ...(batch.invocations === 0
      ? {}
      : { responseContext: { statusCode: 200, executedVersion: batch.executedVersion, functionError: 'Unhandled' } }),
    version: '1.0',
    timestamp: new Date(kernel.now()).toISOString(),
    [client.batchInfoName]: {
      shardId: batch.shardId,
      startSequenceNumber: records[0]?.sequenceNumber,
      endSequenceNumber: records.at(-1)?.sequenceNumber,
      approximateArrivalOfFirstRecord: time(records[0]),
      approximateArrivalOfLastRecord: time(records.at(-1)),
      batchSize: records.length,
      streamArn: mapping.sourceArn,
    },
    ...(withPayload ? { payload: `{"Records":[${records.map((record) => record.json).join(',')}]}` } : {}),
  };
}
