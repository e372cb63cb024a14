import type { DynamoDBRecord } from 'aws-lambda';
import { ATTRIBUTES, PARKED_SHARD } from '../item.ts';

/** What a batch of stream records says of one aggregate. */
export interface StreamedItem {
  readonly key: string;
  /** Pending events by the last record of the batch. */
  readonly texts: readonly string[];
  /** Sequence number of its first record: where the stream must go on from if its events cannot be published. */
  readonly first: string;
}

/**
 * Folds a batch: the last image of an item holds all that the earlier ones do, save what has been published and cleared. Items without
 * pending events, or set aside, come out empty.
 */
export function readRecords(records: readonly DynamoDBRecord[], keyName: string): StreamedItem[] {
  const items = new Map<string, StreamedItem>();
  for (const { dynamodb } of records) {
    const key = dynamodb?.Keys?.[keyName]?.S;
    const number = dynamodb?.SequenceNumber;
    if (key === undefined || number === undefined) continue;
    const image = dynamodb?.NewImage;
    const parked = image?.[ATTRIBUTES.pendingShard]?.S === PARKED_SHARD;
    const texts = parked ? [] : (image?.[ATTRIBUTES.pending]?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S]));
    items.set(key, { key, texts, first: items.get(key)?.first ?? number });
  }
  return [...items.values()];
}
