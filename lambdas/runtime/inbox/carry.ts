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
 * @throws CarryError when the item is deleted, checked only, or written twice
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
  const write = effect.Update ?? effect.Put;
  if (!write) {
    throw new CarryError(
      `The item ${JSON.stringify(at.key)} of ${at.table} carries the inbox record, so it can be put or updated only. Mark it as deleted instead.`,
    );
  }
  const shared = {
    ConditionExpression: write.ConditionExpression
      ? `(${write.ConditionExpression}) AND ${advance.ConditionExpression}`
      : advance.ConditionExpression,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  if (effect.Update) {
    return {
      Update: {
        ...effect.Update,
        ...shared,
        UpdateExpression: withSet(effect.Update.UpdateExpression ?? '', advance.UpdateExpression.replace(/^SET /, '')),
        ExpressionAttributeNames: { ...write.ExpressionAttributeNames, ...advance.ExpressionAttributeNames },
        ExpressionAttributeValues: { ...write.ExpressionAttributeValues, ...advance.ExpressionAttributeValues },
      },
    };
  }
  const { ':millraceNext': next, ':millraceNow': now, ...conditionValues } = advance.ExpressionAttributeValues;
  const { '#millraceHead': head = '', '#millraceParkings': parkings = '' } = advance.ExpressionAttributeNames;
  return {
    Put: {
      ...effect.Put,
      TableName: at.table,
      ...shared,
      Item: {
        ...effect.Put?.Item,
        [at.names.head]: next,
        [at.names.updatedAt]: now,
        ...(known.parkings > 0 ? { [at.names.parkings]: known.parkings } : {}),
        ...(known.parked ? { [at.names.parked]: true } : {}),
      },
      ExpressionAttributeNames: { ...write.ExpressionAttributeNames, '#millraceHead': head, '#millraceParkings': parkings },
      ExpressionAttributeValues: { ...write.ExpressionAttributeValues, ...conditionValues },
    },
  };
}

/** Adds assignments to an update expression. SET is a reserved word, so it can be nothing but the clause's. */
function withSet(expression: string, assignments: string): string {
  const set = /\bSET\s+/i.exec(expression);
  if (!set) return `SET ${assignments} ${expression}`.trim();
  const from = set.index + set[0].length;
  return `${expression.slice(0, from)}${assignments}, ${expression.slice(from)}`;
}
