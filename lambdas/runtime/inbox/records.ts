import { type Envelope, type Line, pathOf } from '../../contracts/index.ts';
import type { Item, Key } from './batch-get.ts';
import { NOTHING_HANDLED, type SubjectHead } from './decision.ts';
import type { ById, ItemPlace } from './strategy.ts';
import type { TransactItem } from './transact.ts';

/*
 * The records of an inbox table (partition key `pk`, TTL attribute `expiresAt`). Consumers may share one table: every key begins with the
 * consumer's name.
 */

export { lineOf } from '../../contracts/index.ts';

/** Where the head of a subject is kept: an item, and the names of its attributes. */
export interface HeadPlace {
  readonly table: string;
  readonly key: Key;
  readonly names: HeadNames;
}

interface HeadNames {
  readonly head: string;
  readonly parked: string;
  readonly parkings: string;
  readonly updatedAt: string;
}

export const HEAD_NAMES: HeadNames = { head: 'head', parked: 'parked', parkings: 'parkings', updatedAt: 'updatedAt' };

/** The head of a subject in the inbox table. */
export function headInTable(table: string, consumer: string, line: string): HeadPlace {
  return { table, key: { pk: `${consumer}#head#${line}` }, names: HEAD_NAMES };
}

/** The head of a subject in an item of the consumer's own: subjects of several sources may share it. */
export function headInItem({ table, key }: ItemPlace, consumer: string, { source }: Pick<Line, 'source'>): HeadPlace {
  const name = (attribute: string): string => `inbox:${pathOf(consumer, source)}:${attribute}`;
  return { table, key, names: { head: name('head'), parked: name('parked'), parkings: name('parkings'), updatedAt: name('updatedAt') } };
}

/** Names an event: its id is unique within its source only. @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#id */
export const eventKeyOf = ({ source, id }: Pick<Envelope, 'source' | 'id'>): string => `${pathOf(source)}/${id}`;

export const markerKey = (consumer: string, event: Pick<Envelope, 'source' | 'id'>): Key => ({
  pk: `${consumer}#id#${eventKeyOf(event)}`,
});

/** Reads a head from the item that has it. */
export function headOf(item: Item | undefined, names: HeadNames = HEAD_NAMES): SubjectHead {
  if (!item) return NOTHING_HANDLED;
  return { head: Number(item[names.head] ?? 0), parked: item[names.parked] === true, parkings: Number(item[names.parkings] ?? 0) };
}

/**
 * Moves the head on by one; fails when it is not where it was seen, or something was parked since (which then has to be looked after).
 *
 *     head: 4 → 5        at 5 already: a duplicate        still at 3: too early
 */
export function advanceHead(at: HeadPlace, known: SubjectHead, now: number): HeadUpdate {
  return setHead(at, known, known.head + 1, now);
}

/** An update of a head, with every part there. */
export interface HeadUpdate {
  readonly Update: {
    readonly TableName: string;
    readonly Key: Record<string, string>;
    readonly UpdateExpression: string;
    readonly ConditionExpression: string;
    readonly ExpressionAttributeNames: Record<string, string>;
    readonly ExpressionAttributeValues: Record<string, unknown>;
    readonly ReturnValuesOnConditionCheckFailure: 'ALL_OLD';
  };
}

/** Moves the head to `next`, on the same condition. */
export function setHead(at: HeadPlace, known: SubjectHead, next: number, now: number): HeadUpdate {
  return update(at, known, `SET ${HEAD} = :millraceNext, ${UPDATED_AT} = :millraceNow`, { ':millraceNext': next, ':millraceNow': now });
}

/** Notes that so many events of this line are parked, and moves the head to `next`. */
export function noteParked(at: HeadPlace, known: SubjectHead, now: number, count = 1, next = known.head): HeadUpdate {
  return update(
    at,
    known,
    `SET ${PARKED} = :millraceTrue, ${HEAD} = :millraceNext, ${UPDATED_AT} = :millraceNow ADD ${PARKINGS} :millraceCount`,
    {
      ':millraceTrue': true,
      ':millraceNext': next,
      ':millraceNow': now,
      ':millraceCount': count,
    },
  );
}

/** Notes that nothing of this line is parked any more. */
export function clearParked(at: HeadPlace, known: SubjectHead): HeadUpdate {
  return update(at, known, `REMOVE ${PARKED}`, {});
}

// Placeholders that no handler uses: the update may be merged with one of its own.
const HEAD = '#millraceHead';
const PARKED = '#millraceParked';
const PARKINGS = '#millraceParkings';
const UPDATED_AT = '#millraceUpdatedAt';

function update(at: HeadPlace, known: SubjectHead, expression: string, values: Record<string, unknown>): HeadUpdate {
  const is = (name: string, value: string, seen: number): string => {
    // What is not there yet counts as 0.
    return seen === 0 ? `(attribute_not_exists(${name}) OR ${name} = ${value})` : `${name} = ${value}`;
  };
  const names = { [HEAD]: at.names.head, [PARKINGS]: at.names.parkings, [PARKED]: at.names.parked, [UPDATED_AT]: at.names.updatedAt };
  const used = Object.entries(names).filter(([name]) => name === HEAD || name === PARKINGS || expression.includes(name));
  return {
    Update: {
      TableName: at.table,
      Key: { ...at.key },
      UpdateExpression: expression,
      ConditionExpression: `${is(HEAD, ':millraceHead', known.head)} AND ${is(PARKINGS, ':millraceParkings', known.parkings)}`,
      ExpressionAttributeNames: Object.fromEntries(used),
      ExpressionAttributeValues: { ...values, ':millraceHead': known.head, ':millraceParkings': known.parkings },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Marks this event as handled; fails when it is marked already. A marker that has expired counts as gone, though TTL may not have deleted it yet. */
export function markHandled(table: string, consumer: string, event: Envelope, strategy: ById, now: number): TransactItem {
  return {
    Put: {
      TableName: table,
      Item: { ...markerKey(consumer, event), handledAt: now, expiresAt: Math.floor(now / 1000) + strategy.ttlDays * 86_400 },
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
