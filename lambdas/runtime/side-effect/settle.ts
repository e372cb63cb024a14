import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { transact } from '../inbox/transact.ts';
import { unparkWrites } from '../parking/store.ts';
import { type EffectPlace, effectOwner, effectWrite, expiryOf, readEffect } from './effect-item.ts';

/** Where side effects are remembered and parked. */
export interface SideEffectPlace {
  readonly client: DynamoDBDocumentClient;
  /** Name of the inbox table. */
  readonly sideEffectTable: string;
  readonly parkingTable: string;
}

/** What somebody found out: it happened, with this result, or it certainly did not. */
export type SettledOutcome = { readonly result: unknown } | 'not-done';

/** `not-parked`: it is not there, its holder came back after all, or somebody else was quicker. */
export type SettleResult = { readonly ok: true } | { readonly ok: false; readonly reason: 'not-parked' };

/**
 * Says what became of a parked side effect: its result is given to whoever asks from now on, or it may run again under a greater fencing token.
 * Its entry leaves the parking table in the same transaction.
 *
 * @param name of the effect
 * @param key what makes it this one effect: the `id` of its parking entry
 * @param options.keepDays how long the record is kept. @default 30 days
 * @example
 * await settleSideEffect({ client, sideEffectTable, parkingTable }, 'collect-payment', 'shop/i-7/1', { result: { receipt: 'r-19' } });
 */
export async function settleSideEffect(
  { client, sideEffectTable, parkingTable }: SideEffectPlace,
  name: string,
  key: string,
  outcome: SettledOutcome,
  options: { readonly keepDays?: number } = {},
): Promise<SettleResult> {
  const place: EffectPlace = { client, table: sideEffectTable, name, key };
  const known = await readEffect(place);
  if (known?.state !== 'parked') return { ok: false, reason: 'not-parked' };
  const now = Date.now();
  const settled = outcome === 'not-done' ? { state: 'free', leaseUntil: 0 } : { state: 'done', doneAt: now, result: outcome.result };
  const { ok } = await transact(client, [
    effectWrite(place, { state: 'parked', fence: known.fence }, { ...settled, expiresAt: expiryOf(options.keepDays ?? 30, now) }),
    ...(await unparkWrites(client, parkingTable, effectOwner(name), key)),
  ]);
  return ok ? { ok } : { ok, reason: 'not-parked' };
}
