import type { AttributeValue, _Record as ChangeRecord } from '@aws-sdk/client-dynamodb-streams';
import type { _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import { REGION } from '../../../kernel/index.ts';
import { filterable } from './filter.ts';

/** A record of a shard, of either kind of stream. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  /** When it arrived in the stream, epoch milliseconds. */
  readonly arrivedAt: number;
  /** What its order is kept by within the shard: the partition key, or the item's key. */
  readonly key: string;
  /** The record as the function receives it, as JSON text. */
  readonly json: string;
}

/** Makes a function's view of a record of a Kinesis stream, and what filters look at. */
export function kinesisRecord(
  record: KinesisRecord,
  shardId: string,
  streamArn: string,
  roleArn: string,
): { record: StreamRecord; filterable: () => object } {
  const data = Buffer.from(record.Data ?? new Uint8Array());
  const arrivedAt = record.ApproximateArrivalTimestamp?.getTime() ?? 0;
  const sequenceNumber = record.SequenceNumber ?? '';
  const view = {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.PartitionKey,
      sequenceNumber,
      data: data.toString('base64'),
      approximateArrivalTimestamp: arrivedAt / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: roleArn,
    awsRegion: REGION,
    eventSourceARN: streamArn,
  };
  return {
    record: { sequenceNumber, arrivedAt, key: record.PartitionKey ?? '', json: JSON.stringify(view) },
    filterable: () => ({ ...view, ...view.kinesis, data: filterable(data.toString()) }),
  };
}

/** Makes a function's view of a record of a DynamoDB stream, and what filters look at. */
export function changeRecord(record: ChangeRecord, streamArn: string): { record: StreamRecord; filterable: () => object } {
  const change = record.dynamodb;
  const arrivedAt = change?.ApproximateCreationDateTime?.getTime() ?? 0;
  const keys = item(change?.Keys);
  const view = {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion,
    eventSource: record.eventSource,
    awsRegion: record.awsRegion,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(arrivedAt / 1000),
      Keys: keys,
      ...(change?.NewImage ? { NewImage: item(change.NewImage) } : {}),
      ...(change?.OldImage ? { OldImage: item(change.OldImage) } : {}),
      SequenceNumber: change?.SequenceNumber,
      SizeBytes: change?.SizeBytes,
      StreamViewType: change?.StreamViewType,
    },
    ...(record.userIdentity ? { userIdentity: { type: record.userIdentity.Type, principalId: record.userIdentity.PrincipalId } } : {}),
    eventSourceARN: streamArn,
  };
  const sequenceNumber = change?.SequenceNumber ?? '';
  return { record: { sequenceNumber, arrivedAt, key: JSON.stringify(keys), json: JSON.stringify(view) }, filterable: () => view };
}

function item(attributes: Readonly<Record<string, AttributeValue>> | undefined): Record<string, object> {
  return Object.fromEntries(Object.entries(attributes ?? {}).map(([name, value]) => [name, attribute(value)]));
}

/** An attribute value as JSON carries it: binary values in base64. */
function attribute(value: AttributeValue): object {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.M !== undefined) return { M: item(value.M) };
  if (value.L !== undefined) return { L: value.L.map(attribute) };
  return value;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
