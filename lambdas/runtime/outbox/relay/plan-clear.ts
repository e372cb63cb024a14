import { ATTRIBUTES } from '../item.ts';

/**
 * How to take published events out of an item.
 *
 * The relay and the sweeper may both have published them, and writers append all the while; so the update names the last published event by
 * its whole text and place. Where it holds, exactly that event and those before it are removed:
 *
 *     pending  [e4 e5 e6]      published up to e5 →  condition  pending[1] = e5  →  remove 0, 1
 *     pending  [e5 e6]         (the sweeper was faster with e4)    pending[1] ≠ e5  →  read, try again with pending[0] = e5
 *     pending  [e6]            (it was faster with both)           no e5            →  nothing to do
 */
export interface ClearUpdate {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/** Most events removed in one update: an expression has at most 4 kB and 300 operators. */
export const MAX_REMOVED = 200;

export interface ClearPlan {
  readonly update: ClearUpdate;
  /** The event up to which this update removes; another update must follow when it is not the last published. */
  readonly through: string;
}

/**
 * @param pending the events that the item is believed to hold
 * @param published text of the last published event
 * @param now epoch ms, the new `pendingSince` where events remain whose time is not known
 * @returns undefined when it holds none of the published events any more
 */
export function planClear(pending: readonly string[], published: string, now: number): ClearPlan | undefined {
  const last = pending.lastIndexOf(published);
  if (last < 0) return undefined;
  const count = Math.min(last + 1, MAX_REMOVED);
  const through = pending[count - 1] ?? published;
  const names = { '#pending': ATTRIBUTES.pending, '#since': ATTRIBUTES.pendingSince };
  const condition = `#pending[${count - 1}] = :through`;
  if (count === pending.length) {
    return {
      through,
      update: {
        // Nothing remains: the item leaves the sparse index.
        UpdateExpression: 'REMOVE #pending, #since, #shard',
        ConditionExpression: `${condition} AND size(#pending) = :count`,
        ExpressionAttributeNames: { ...names, '#shard': ATTRIBUTES.pendingShard },
        ExpressionAttributeValues: { ':through': through, ':count': count },
      },
    };
  }
  const indexes = Array.from({ length: count }, (_, index) => `#pending[${index}]`);
  return {
    through,
    update: {
      UpdateExpression: `SET #since = :since REMOVE ${indexes.join(', ')}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':through': through, ':since': timeOf(pending[count]) ?? now },
    },
  };
}

function timeOf(text: string | undefined): number | undefined {
  try {
    const { time } = JSON.parse(text ?? '') as { readonly time?: unknown };
    const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms;
  } catch {
    return undefined;
  }
}
