import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { TransactItem } from '../inbox/transact.ts';
import { type EffectRecord, effectRecordOf } from './record.ts';

/** Where the record of one side effect lies. */
export interface EffectPlace {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly name: string;
  readonly key: string;
}

export const effectKey = ({ name, key }: Pick<EffectPlace, 'name' | 'key'>): { pk: string } => ({ pk: `side-effect#${name}#${key}` });
/** Owner of its entry in the parking table; the entry's id is the key. */
export const effectOwner = (name: string): string => `side-effect#${name}`;

export async function readEffect(place: EffectPlace): Promise<EffectRecord | undefined> {
  const { Item } = await place.client.send(new GetCommand({ TableName: place.table, Key: effectKey(place), ConsistentRead: true }));
  return effectRecordOf(Item);
}

/**
 * The write that moves the record on, if it still is as it was seen.
 *
 * @param seen attributes that must hold these values; undefined when there must be no record
 * @param change attributes as they are to be; undefined removes one
 */
export function effectWrite(
  place: EffectPlace,
  seen: Partial<EffectRecord> | undefined,
  change: Readonly<Record<string, unknown>>,
): TransactItem {
  const conditions = Object.entries(seen ?? {});
  const set = Object.entries(change).filter(([, value]) => value !== undefined);
  const remove = Object.keys(change).filter((name) => change[name] === undefined);
  const names = [...conditions.map(([name]) => name), ...Object.keys(change), ...(seen ? [] : ['pk'])];
  return {
    Update: {
      TableName: place.table,
      Key: effectKey(place),
      UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}${
        remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : ''
      }`,
      ConditionExpression: seen ? conditions.map(([name]) => `#${name} = :seen_${name}`).join(' AND ') : 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries([
        ...set.map(([name, value]) => [`:${name}`, value]),
        ...conditions.map(([name, value]) => [`:seen_${name}`, value]),
      ]),
    },
  };
}

/** When the record of an effect may be deleted, in epoch seconds. */
export function expiryOf(keepDays: number, now: number): number {
  return Math.floor(now / 1000) + keepDays * 86_400;
}
