import { log, measure } from '../context/index.ts';
import { TransactError, transact } from '../inbox/transact.ts';
import { asFailure, isRefusal, isUnsent } from '../outbox/aws-failure.ts';
import { unparkWrites } from '../parking/store.ts';
import { type EffectPlace, effectOwner, effectWrite, expiryOf, readEffect } from './effect-item.ts';
import { busy, type Lease, type LeaseTerms } from './lease.ts';
import { parkingTable, parkUnknown } from './park-unknown.ts';
import type { EffectRecord, OnUnknown } from './record.ts';
import { NotDone, SideEffectError } from './side-effect-error.ts';

/** How often it looks at what others made of the record meanwhile. */
const LOOKS = 5;

/** Result of an effect as its record keeps it. */
type Kept = { readonly result: unknown } | { readonly resultLost: true };

/**
 * Keeps what the effect returned, and gives it back as JSON carries it. A result that can't be kept does not undo that the effect happened: the
 * record says so without it.
 *
 * @throws SideEffectError when somebody else took the effect over meanwhile and is not done
 */
export async function keepResult(place: EffectPlace, lease: Lease, { keepDays }: LeaseTerms, result: unknown): Promise<unknown> {
  const kept = asJson(result);
  try {
    if ('result' in kept) return await complete(place, lease, kept, kept.result, keepDays);
  } catch (error) {
    if (!isNotStorable(error)) throw error;
    log().warn('A result can not be stored', { sideEffect: place.name, key: place.key, error: error as Error });
  }
  const answer = await complete(place, lease, { resultLost: true }, result, keepDays);
  log().error('It happened, but its result could not be kept: whoever asks again learns only that', {
    sideEffect: place.name,
    key: place.key,
  });
  measure({ sideEffect: place.name }, { ResultsLost: 1 });
  return answer;
}

/**
 * Notes that the effect happened. A holder may do so after its lease too, unless somebody holds the next one: what was parked because of it is
 * then known, and what its successor certainly did not do was done all the same.
 */
async function complete(place: EffectPlace, lease: Lease, kept: Kept, answer: unknown, keepDays: number): Promise<unknown> {
  let seen: Partial<EffectRecord> = { state: 'started', holder: lease.holder };
  for (let look = 1; look <= LOOKS; look += 1) {
    const now = Date.now();
    const done = { state: 'done', doneAt: now, expiresAt: expiryOf(keepDays, now), ...kept };
    const parked = seen.state === 'parked';
    const unparks = parked ? await unparkWrites(place.client, parkingTable(), effectOwner(place.name), place.key) : [];
    if ((await transact(place.client, [effectWrite(place, seen, done), ...unparks])).ok) {
      measure({ sideEffect: place.name }, { Done: 1 });
      return answer;
    }
    const known = await readEffect(place);
    if (known?.state === 'done') return known.holder === lease.holder ? answer : resultOf(place, known);
    if (!known || (known.state !== 'free' && known.holder !== lease.holder)) break;
    seen = { state: known.state, fence: known.fence, holder: known.holder };
  }
  throw busy(place, 'took longer than its lease, and somebody else has taken it over.');
}

/** What a done effect returned. @throws SideEffectError when that could not be stored */
export function resultOf({ name, key }: EffectPlace, { result, resultLost }: EffectRecord): unknown {
  if (!resultLost) return result;
  throw new SideEffectError(
    'MILLRACE_EFFECT_RESULT_LOST',
    `${name} ${key} happened, but its result could not be stored, so it can't be given again. Return less from it, and only what JSON carries.`,
  );
}

/** The run failed: gives the lease back when the effect certainly did not happen, else does what the author wants of the unknown. */
export async function giveUp(place: EffectPlace, lease: Lease, onUnknown: OnUnknown, error: unknown, payload: unknown): Promise<void> {
  const mine = { state: 'started', holder: lease.holder } as const;
  try {
    // The record stays, and with it the count of its holders: a token is given once.
    if (error instanceof NotDone) await transact(place.client, [effectWrite(place, mine, { state: 'free', leaseUntil: 0 })]);
    // The next try need not wait for the lease to end; the fencing token tells the two apart.
    else if (onUnknown === 'retry') await transact(place.client, [effectWrite(place, mine, { leaseUntil: 0 })]);
    else await parkUnknown(place, lease.holder, error instanceof Error ? error.message : String(error), payload);
  } catch (failure) {
    // The lease ends by itself; the error of the effect is what matters to the caller.
    log().warn('Could not give up a lease', { sideEffect: place.name, key: place.key, error: failure as Error });
  }
}

/** As a replay will give it; without what JSON leaves out. */
function asJson(result: unknown): Kept {
  try {
    const text = JSON.stringify(result);
    return { result: text === undefined ? undefined : JSON.parse(text) };
  } catch {
    return { resultLost: true };
  }
}

function isNotStorable(error: unknown): boolean {
  if (error instanceof SideEffectError) return false;
  if (error instanceof TransactError) return error.code === 'MILLRACE_WRITE_REFUSED';
  const failure = asFailure(error);
  return isRefusal(failure) || isUnsent(failure);
}
