import { randomUUID } from 'node:crypto';
import { transact } from '../inbox/transact.ts';
import { type EffectPlace, effectWrite, expiryOf, readEffect } from './effect-item.ts';
import { parkUnknown } from './park-unknown.ts';
import { decideEffect, type EffectRecord, type OnUnknown } from './record.ts';
import { SideEffectError } from './side-effect-error.ts';

/** How an effect is leased and remembered. */
export interface LeaseTerms {
  readonly onUnknown: OnUnknown;
  readonly leaseMs: number;
  readonly keepDays: number;
}

export interface Lease {
  readonly holder: string;
  readonly fence: number;
  /** Epoch milliseconds. */
  readonly until: number;
}

export type Acquired = { readonly kind: 'mine'; readonly lease: Lease } | { readonly kind: 'replay'; readonly known: EffectRecord };

/** Looks at what others write meanwhile. */
const LOOKS = 5;

/**
 * Takes the lease of an effect, unless it happened already.
 *
 * @throws SideEffectError when somebody else is at it, or it is parked (now, or already)
 */
export async function acquire(place: EffectPlace, terms: LeaseTerms, payload: unknown): Promise<Acquired> {
  const holder = randomUUID();
  for (let look = 1; look <= LOOKS; look += 1) {
    const known = await readEffect(place);
    // The answer to taking it was lost, and the SDK's next try met this run's own record.
    if (known?.state === 'started' && known.holder === holder) {
      return { kind: 'mine', lease: { holder, fence: known.fence, until: known.leaseUntil } };
    }
    const now = Date.now();
    switch (decideEffect(known, terms.onUnknown, now)) {
      case 'replay':
        if (known) return { kind: 'replay', known };
        break;
      case 'busy':
        throw busy(place, 'is being done by somebody else.');
      case 'park':
        if (known) await parkUnknown(place, known.holder, 'Its last holder is gone.', payload);
        throw unknownOutcome(place);
      case 'parked':
        throw unknownOutcome(place);
      case 'begin': {
        const lease: Lease = { holder, fence: (known?.fence ?? 0) + 1, until: now + terms.leaseMs };
        if (await take(place, lease, known, now, terms.keepDays)) return { kind: 'mine', lease };
      }
    }
  }
  throw busy(place, 'was taken by others, who were quicker.');
}

async function take(place: EffectPlace, lease: Lease, known: EffectRecord | undefined, now: number, keepDays: number): Promise<boolean> {
  const seen = known && { state: known.state, fence: known.fence, leaseUntil: known.leaseUntil };
  const { ok } = await transact(place.client, [
    effectWrite(place, seen, {
      state: 'started',
      fence: lease.fence,
      holder: lease.holder,
      leaseUntil: lease.until,
      startedAt: now,
      expiresAt: expiryOf(keepDays, now),
    }),
  ]);
  return ok;
}

export function busy({ name, key }: EffectPlace, why: string): SideEffectError {
  return new SideEffectError('MILLRACE_EFFECT_BUSY', `${name} ${key} ${why} Try again later.`);
}

function unknownOutcome({ name, key }: EffectPlace): SideEffectError {
  return new SideEffectError(
    'MILLRACE_EFFECT_UNKNOWN',
    `Nobody knows whether ${name} ${key} happened; it is parked. Find out, then say so with settleSideEffect.`,
  );
}
