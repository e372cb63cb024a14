import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { asFailure } from '../aws-failure.ts';
import { ATTRIBUTES, PARKED_SHARD } from '../item.ts';
import { backoffMs, sleep } from '../retry.ts';
import type { Lane, Poison } from './lane.ts';
import { lastPublished } from './lane.ts';
import { type ClearUpdate, planClear } from './plan-clear.ts';

/** The table of an outbox, as the relay and the sweeper change it. */
export interface OutboxTable {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly key: string;
}

const TRIES = 6;

/** Takes the lane's published events out of its item. Safe to repeat, and beside any other relay, sweeper or writer. */
export async function clearPublished(at: OutboxTable, lane: Lane): Promise<void> {
  const published = lastPublished(lane);
  if (published === undefined) return;
  let pending: readonly string[] = lane.texts;
  for (;;) {
    const plan = planClear(pending, published, Date.now());
    if (!plan) return;
    const refused = await update(at, lane.key, plan.update);
    if (refused) {
      pending = pendingOf(refused.item);
      continue;
    }
    if (plan.through === published) return;
    pending = pending.slice(pending.indexOf(plan.through) + 1);
  }
}

/**
 * Sets an aggregate aside whose oldest event can never be published: it leaves the shards that relay and sweeper look at, and keeps its
 * events, payload and all, where they are. Later commits append behind; their order stays.
 */
export async function park(at: OutboxTable, lane: Lane, poison: Poison): Promise<void> {
  const head = lane.texts[lane.next];
  if (head === undefined) return;
  await update(at, lane.key, {
    UpdateExpression: 'SET #shard = :shard, #parked = :parked',
    ConditionExpression: '#pending[0] = :head',
    ExpressionAttributeNames: { '#shard': ATTRIBUTES.pendingShard, '#parked': ATTRIBUTES.parked, '#pending': ATTRIBUTES.pending },
    ExpressionAttributeValues: {
      ':shard': PARKED_SHARD,
      ':parked': { code: poison.code, message: poison.message, at: new Date().toISOString() },
      ':head': head,
    },
  });
}

/** @returns the item as it is when the condition did not hold; undefined when the update took effect */
async function update(at: OutboxTable, key: string, change: ClearUpdate): Promise<{ readonly item: Record<string, unknown> } | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await at.client.send(
        new UpdateCommand({ TableName: at.table, Key: { [at.key]: key }, ...change, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      );
      return undefined;
    } catch (error) {
      const failure = asFailure(error);
      if (failure.name === 'ConditionalCheckFailedException') {
        return { item: failure.Item ? unmarshall(failure.Item as Parameters<typeof unmarshall>[0]) : {} };
      }
      // A transaction of a writer holds the item for a moment.
      if (failure.name !== 'TransactionConflictException' || attempt === TRIES) throw error;
      await sleep(backoffMs(attempt, 20, 500));
    }
  }
}

export function pendingOf(item: Readonly<Record<string, unknown>>): string[] {
  const pending = item[ATTRIBUTES.pending];
  return Array.isArray(pending) ? pending.map(String) : [];
}
