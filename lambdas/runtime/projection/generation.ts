import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { asFailure } from '../outbox/aws-failure.ts';
import { type Generation, POINTER_KEY } from './layout.ts';

/*
 * A rebuild never shows a half-built view: a new generation of the rows is written beside the one that readers see, by a projection of its
 * own that is fed the whole history (a stream read from its beginning, an archive replayed). When it has caught up, one write moves the
 * pointer.
 */

/** The generation that readers see; undefined is the first one. */
export async function activeGeneration(client: DynamoDBDocumentClient, table: string): Promise<Generation> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: POINTER_KEY, ConsistentRead: true }));
  return typeof Item?.active === 'string' ? Item.active : undefined;
}

export type PromoteResult = { readonly ok: true } | { readonly ok: false; readonly active: Generation };

/**
 * Lets readers see another generation, if they still see `from`.
 *
 * @returns which generation they see instead, when somebody else moved the pointer
 */
export async function promote(
  client: DynamoDBDocumentClient,
  table: string,
  from: Generation,
  to: string,
  now: number = Date.now(),
): Promise<PromoteResult> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: POINTER_KEY,
        UpdateExpression: `SET #active = :to, #promotedAt = :now${from === undefined ? '' : ', #previous = :from'}`,
        ConditionExpression: from === undefined ? 'attribute_not_exists(#active)' : '#active = :from',
        ExpressionAttributeNames: {
          '#active': 'active',
          '#promotedAt': 'promotedAt',
          ...(from === undefined ? {} : { '#previous': 'previous' }),
        },
        ExpressionAttributeValues: { ':to': to, ':now': now, ...(from === undefined ? {} : { ':from': from }) },
      }),
    );
    return { ok: true };
  } catch (error) {
    if (asFailure(error).name !== 'ConditionalCheckFailedException') throw error;
    const active = await activeGeneration(client, table);
    return active === to ? { ok: true } : { ok: false, active };
  }
}

/**
 * Whether a generation that is being built has caught up: its newest event is not older than `withinMs` behind the one that readers see, and
 * nothing of it has to come again.
 */
export function caughtUp(state: { readonly lagMs: number; readonly again: number }, withinMs: number): boolean {
  return state.again === 0 && state.lagMs <= withinMs;
}
