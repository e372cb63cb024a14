/** What is known of a side effect. */
export interface EffectRecord {
  /**
   * `started`: somebody holds, or held, the lease. `free`: it certainly has not happened. `done`: it happened. `parked`: its outcome is unknown
   * and people decide.
   */
  readonly state: 'started' | 'free' | 'done' | 'parked';
  /** Counts the holders of the lease; never starts again while the record is there. */
  readonly fence: number;
  /** The run that holds, or held, the lease. */
  readonly holder: string;
  /** Epoch milliseconds. */
  readonly leaseUntil: number;
  readonly result?: unknown;
  /** Whether it was done with a result that could not be stored. @default false */
  readonly resultLost?: boolean;
}

/** What its author wants when nobody knows whether the effect happened. */
export type OnUnknown = 'retry' | 'park';

/**
 * - `begin`: take the lease.
 * - `replay`: it happened; the stored result is the answer.
 * - `busy`: somebody else is at it.
 * - `park`: its last holder is gone and nobody knows what it did, and the author wants people to decide.
 * - `parked`: that has been decided already.
 */
export type EffectDecision = 'begin' | 'replay' | 'busy' | 'park' | 'parked';

/** What to do about an effect. */
export function decideEffect(known: EffectRecord | undefined, onUnknown: OnUnknown, now: number): EffectDecision {
  if (!known || known.state === 'free') return 'begin';
  if (known.state === 'done') return 'replay';
  if (known.state === 'parked') return 'parked';
  // At the very instant it ends, a lease still holds.
  if (now <= known.leaseUntil) return 'busy';
  return onUnknown === 'retry' ? 'begin' : 'park';
}

export function effectRecordOf(item: Readonly<Record<string, unknown>> | undefined): EffectRecord | undefined {
  if (!item) return undefined;
  return {
    state: item.state as EffectRecord['state'],
    fence: Number(item.fence),
    holder: String(item.holder),
    leaseUntil: Number(item.leaseUntil),
    ...('result' in item ? { result: item.result } : {}),
    ...(item.resultLost === true ? { resultLost: true } : {}),
  };
}
