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
 * Moves the head on by one; fails when it is not where it was seen, or something was parked since (which then has to be looked after).
 *
 *     head: 4 → 5        at 5 already: a duplicate        still at 3: too early
 */
export function advanceHead(table: string, key: Key, known: SubjectHead, now: number): TransactItem {
  return setHead(table, key, known, known.head + 1, now);
}

/** Moves the head to `next`, on the same condition. */
export function setHead(table: string, key: Key, known: SubjectHead, next: number, now: number): TransactItem {
  const seen = asSeen(known);
  return {
    Update: {
      TableName: table,
      Key: key,
      UpdateExpression: 'SET #head = :next, #updatedAt = :now',
      ConditionExpression: seen.condition,
      ExpressionAttributeNames: { '#head': 'head', '#parkings': 'parkings', '#updatedAt': 'updatedAt' },
      ExpressionAttributeValues: { ...seen.values, ':next': next, ':now': now },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** The condition that a head is as it was seen. Attributes that are not there yet count as 0. */
export function asSeen(known: SubjectHead): { readonly condition: string; readonly values: Record<string, number> } {
  const head = known.head === 0 ? '(attribute_not_exists(#head) OR #head = :head)' : '#head = :head';
  const parkings = known.parkings === 0 ? '(attribute_not_exists(#parkings) OR #parkings = :parkings)' : '#parkings = :parkings';
  return { condition: `${head} AND ${parkings}`, values: { ':head': known.head, ':parkings': known.parkings } };
}

/** Notes that an event of this line is parked; fails when its head is not as it was seen. */
export function noteParked(table: string, key: Key, known: SubjectHead): TransactItem {
  return {
    Update: {
      TableName: table,
      Key: key,
      UpdateExpression: 'SET #parked = :true, #head = :head ADD #parkings :one',
      ConditionExpression: asSeen(known).condition,
      ExpressionAttributeNames: { '#head': 'head', '#parked': 'parked', '#parkings': 'parkings' },
      ExpressionAttributeValues: { ...asSeen(known).values, ':true': true, ':one': 1 },
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
      ConditionExpression: asSeen(known).condition,
      ExpressionAttributeNames: { '#head': 'head', '#parked': 'parked', '#parkings': 'parkings' },
      ExpressionAttributeValues: asSeen(known).values,
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
