import type { TransactItem } from '../inbox/transact.ts';
import type { SagaAnswer } from './invocation.ts';

/*
 * What became of a step, in one item of the saga table (partition key `pk`, TTL attribute `expiresAt`):
 *
 *     (no item)                        neither action nor compensation took effect
 *     action: SagaAnswer               the action answered this, its writes are made
 *     tombstone: 'set'                 a compensation has begun: from here on the action cannot take effect
 *     tombstone: 'done'                the compensation's writes are made
 */

/** What is known of a step. */
export interface StepRecord {
  readonly action?: SagaAnswer;
  readonly tombstone?: 'set' | 'done';
}

const TTL_SECONDS = 180 * 86_400;

const expiry = (now: number): number => Math.floor(now / 1000) + TTL_SECONDS;

export function recordOf(item: Readonly<Record<string, unknown>> | undefined): StepRecord {
  return {
    ...(item?.action ? { action: item.action as SagaAnswer } : {}),
    ...(item?.tombstone ? { tombstone: item.tombstone as 'set' | 'done' } : {}),
  };
}

/** Records the action's answer; fails when it has one already, or a compensation has begun. */
export function recordAction(table: string, key: string, answer: SagaAnswer, now: number): TransactItem {
  return {
    Put: {
      TableName: table,
      Item: { pk: key, action: answer, actedAt: now, expiresAt: expiry(now) },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Sets a tombstone; fails when the action was recorded since it was looked at, or the compensation is done. */
export function recordTombstone(table: string, key: string, tombstone: 'set' | 'done', known: StepRecord, now: number): TransactItem {
  return {
    Update: {
      TableName: table,
      Key: { pk: key },
      UpdateExpression: 'SET #tombstone = :tombstone, #at = :now, #expiresAt = :expiresAt',
      ConditionExpression: `${known.action ? 'attribute_exists' : 'attribute_not_exists'}(#action) AND (attribute_not_exists(#tombstone) OR #tombstone = :set)`,
      ExpressionAttributeNames: { '#tombstone': 'tombstone', '#at': 'compensatedAt', '#expiresAt': 'expiresAt', '#action': 'action' },
      ExpressionAttributeValues: { ':tombstone': tombstone, ':set': 'set', ':now': now, ':expiresAt': expiry(now) },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
