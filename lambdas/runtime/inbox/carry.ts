import type { SubjectHead } from './decision.ts';
import type { HeadPlace, HeadUpdate } from './records.ts';
import type { TransactItem } from './transact.ts';

/** A handler writes the item that carries its inbox record in a way that cannot carry it. */
export class CarryError extends Error {
  override readonly name = 'CarryError';
  readonly code = 'MILLRACE_INBOX_NOT_CARRIED';
}

/**
 * Puts the inbox record into the effect that writes its item, so that the two are one write. Without such an effect the record is a write of its own.
 *
 * @returns the writes; the first one has the record
 * @throws CarryError when the item is deleted, checked only, written twice, or put though the subject has been handled before
 */
export function carry(at: HeadPlace, known: SubjectHead, advance: HeadUpdate, effects: readonly TransactItem[]): TransactItem[] {
  const own = effects.filter((effect) => isAt(at, effect));
  const others = effects.filter((effect) => !own.includes(effect));
  const [effect, second] = own;
  if (!effect) return [advance, ...others];
  if (second) throw new CarryError(`The item ${JSON.stringify(at.key)} of ${at.table} is written twice; collect its changes in one write.`);
  return [merge(at, known, advance, effect), ...others];
}

function isAt({ table, key }: HeadPlace, effect: TransactItem): boolean {
  const target = effect.Update ?? effect.Delete ?? effect.ConditionCheck;
  const place = target ? target.Key : effect.Put?.Item;
  const name = target?.TableName ?? effect.Put?.TableName;
  return name === table && Object.entries(key).every(([attribute, value]) => place?.[attribute] === value);
}

function merge(at: HeadPlace, known: SubjectHead, { Update: advance }: HeadUpdate, effect: TransactItem): TransactItem {
  const item = `The item ${JSON.stringify(at.key)} of ${at.table} carries the inbox record`;
  if (effect.Put) {
    if (known.head === 0 && known.parkings === 0) return create(at, advance, effect.Put);
    // It is there only because something was parked, or by others: what they keep there stays.
    if (known.head === 0) return merge(at, known, { Update: advance }, { Update: asUpdate(at, effect.Put) });
    throw new CarryError(`${item}, and may carry those of others, which a put would erase: it can be put to create it only. Update it.`);
  }
  const { Update: update } = effect;
  if (!update) throw new CarryError(`${item}, so it can be created or updated only. Mark it as deleted instead.`);
  return {
    Update: {
      ...update,
      ...underBoth(update.ConditionExpression, advance.ConditionExpression),
      UpdateExpression: withSet(update.UpdateExpression ?? '', advance.UpdateExpression.replace(/^SET /, '')),
      ExpressionAttributeNames: { ...update.ExpressionAttributeNames, ...advance.ExpressionAttributeNames },
      ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...advance.ExpressionAttributeValues },
    },
  };
}

/** The put of an item that is not there yet. */
function create(at: HeadPlace, advance: HeadUpdate['Update'], put: NonNullable<TransactItem['Put']>): TransactItem {
  const { ':millraceNext': next, ':millraceNow': now } = advance.ExpressionAttributeValues;
  const [key = ''] = Object.keys(at.key);
  return {
    Put: {
      ...put,
      ...underBoth(put.ConditionExpression, 'attribute_not_exists(#millraceKey)'),
      Item: { ...put.Item, [at.names.head]: next, [at.names.updatedAt]: now },
      ExpressionAttributeNames: { ...put.ExpressionAttributeNames, '#millraceKey': key },
    },
  };
}

/** Sets what the put sets. */
function asUpdate(at: HeadPlace, { Item, ...put }: NonNullable<TransactItem['Put']>): NonNullable<TransactItem['Update']> {
  const members = Object.entries(Item ?? {}).filter(([name, value]) => !Object.hasOwn(at.key, name) && value !== undefined);
  const sets = members.map((_, index) => `#millracePut${index} = :millracePut${index}`);
  return {
    ...put,
    Key: { ...at.key },
    UpdateExpression: sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    ExpressionAttributeNames: {
      ...put.ExpressionAttributeNames,
      ...Object.fromEntries(members.map(([name], index) => [`#millracePut${index}`, name])),
    },
    ExpressionAttributeValues: {
      ...put.ExpressionAttributeValues,
      ...Object.fromEntries(members.map(([, value], index) => [`:millracePut${index}`, value])),
    },
  };
}

function underBoth(own: string | undefined, inbox: string) {
  return { ConditionExpression: own ? `(${own}) AND ${inbox}` : inbox, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
}

/** Adds assignments to an update expression. SET is a reserved word, so by itself, not as `#set` or `:set`, it can be nothing but the clause's. */
function withSet(expression: string, assignments: string): string {
  const set = /(?<![#:\w])SET\s+/i.exec(expression);
  if (!set) return `SET ${assignments} ${expression}`.trim();
  const from = set.index + set[0].length;
  return `${expression.slice(0, from)}${assignments}, ${expression.slice(from)}`;
}
