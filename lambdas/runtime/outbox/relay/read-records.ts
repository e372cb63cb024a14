import type { DynamoDBRecord } from 'aws-lambda';
import { ATTRIBUTES, PARKED_SHARD } from '../item.ts';

/** What a batch of stream records says of one aggregate. */
export interface StreamedItem {
  readonly key: string;
  /** Pending events by the last record of the batch, and by the last before each deletion. */
  readonly texts: readonly string[];
  /** Sequence number of its first record: where the stream must go on from if its events cannot be published. */
  readonly first: string;
}

/**
 * Folds a batch: the last image of an item holds all that the earlier ones do, save what has been published and cleared. Items without
 * pending events, or set aside, come out empty. What an item held that was deleted is published all the same, before what it holds when it is
 * there again.
 */
export function readRecords(records: readonly DynamoDBRecord[], keyName: string): StreamedItem[] {
  const items = new Map<string, StreamedItem>();
  const ofDeleted = new Map<string, readonly string[]>();
  for (const { dynamodb, eventName } of records) {
    const key = dynamodb?.Keys?.[keyName]?.S;
    const number = dynamodb?.SequenceNumber;
    if (key === undefined || number === undefined) continue;
    const before = items.get(key);
    const image = dynamodb?.NewImage;
    // An item that is new was deleted before, if it is known: the stream's filter leaves deletions out.
    if (!image || eventName === 'INSERT') ofDeleted.set(key, before?.texts ?? []);
    const parked = image?.[ATTRIBUTES.pendingShard]?.S === PARKED_SHARD;
    const pending = parked ? [] : (image?.[ATTRIBUTES.pending]?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S]));
    items.set(key, { key, texts: [...(ofDeleted.get(key) ?? []), ...pending], first: before?.first ?? number });
  }
  return [...items.values()];
}
