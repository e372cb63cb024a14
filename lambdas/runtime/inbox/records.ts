import type { Envelope } from '../../contracts/index.ts';
import type { Item, Key } from './batch-get.ts';
import { NOTHING_HANDLED, type SubjectHead } from './decision.ts';
import type { ById } from './strategy.ts';
import type { TransactItem } from './transact.ts';

/*
 * The records of an inbox table (partition key `pk`, TTL attribute `expiresAt`). Consumers may share one table: every key begins with the
 * consumer's name.
 */

/** The subject of an event, as far as order goes: sequences count per source and subject. */
export function lineOf(event: Pick<Envelope, 'source' | 'subject'>): string {
  return `${event.source}/${event.subject}`;
}

export const headKey = (consumer: string, line: string): Key => ({ pk: `${consumer}#head#${line}` });
export const markerKey = (consumer: string, eventId: string): Key => ({ pk: `${consumer}#id#${eventId}` });

/** Reads a head item. */
export function headOf(item: Item | undefined): SubjectHead {
  if (!item) return NOTHING_HANDLED;
  return { head: Number(item.head ?? 0), parked: item.parked === true, parkings: Number(item.parkings ?? 0) };
}

/**
 * Moves the head on to `sequence`; fails when the head is not right before it.
 *
 *     head: 4, event 5 → head: 5        head: 5, event 5 → a duplicate        head: 3, event 5 → too early
 */
export function advanceHead(table: string, key: Key, sequence: number, now: number): TransactItem {
  return {
    Update: {
      TableName: table,
      Key: key,
      UpdateExpression: 'SET #head = :sequence, #updatedAt = :now',
      ConditionExpression: sequence === 1 ? 'attribute_not_exists(#head) OR #head = :before' : '#head = :before',
      ExpressionAttributeNames: { '#head': 'head', '#updatedAt': 'updatedAt' },
      ExpressionAttributeValues: { ':sequence': sequence, ':before': sequence - 1, ':now': now },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Notes that an event of this line is parked; fails when the head has moved since it was read. */
export function noteParked(table: string, key: Key, known: SubjectHead): TransactItem {
  return {
    Update: {
      TableName: table,
      Key: key,
      UpdateExpression: 'SET #parked = :true, #head = :head ADD #parkings :one',
      ConditionExpression: known.head === 0 ? 'attribute_not_exists(#head) OR #head = :head' : '#head = :head',
      ExpressionAttributeNames: { '#head': 'head', '#parked': 'parked', '#parkings': 'parkings' },
      ExpressionAttributeValues: { ':true': true, ':head': known.head, ':one': 1 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Notes that nothing of this line is parked any more; fails when something was parked since. */
export function clearParked(table: string, key: Key, known: SubjectHead): TransactItem {
  return {
    Update: {
      TableName: table,
      Key: key,
      UpdateExpression: 'REMOVE #parked',
      ConditionExpression: '#head = :head AND #parkings = :parkings',
      ExpressionAttributeNames: { '#head': 'head', '#parked': 'parked', '#parkings': 'parkings' },
      ExpressionAttributeValues: { ':head': known.head, ':parkings': known.parkings },
    },
  };
}

/** Marks this event as handled; fails when it is marked already. A marker that has expired counts as gone, though TTL may not have deleted it yet. */
export function markHandled(table: string, consumer: string, event: Envelope, strategy: ById, now: number): TransactItem {
  return {
    Put: {
      TableName: table,
      Item: { ...markerKey(consumer, event.id), handledAt: now, expiresAt: Math.floor(now / 1000) + strategy.ttlDays * 86_400 },
      ConditionExpression: 'attribute_not_exists(#pk) OR #expiresAt < :now',
      ExpressionAttributeNames: { '#pk': 'pk', '#expiresAt': 'expiresAt' },
      ExpressionAttributeValues: { ':now': Math.floor(now / 1000) },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Whether a marker item says that the event was handled. */
export function isHandled(item: Item | undefined, now: number): boolean {
  return item !== undefined && Number(item.expiresAt ?? 0) >= Math.floor(now / 1000);
}
