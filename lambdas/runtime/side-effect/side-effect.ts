import { documentClient, ENVIRONMENT, measure, requireVariable } from '../context/index.ts';
import type { EffectPlace } from './effect-item.ts';
import { acquire, type LeaseTerms } from './lease.ts';
import { giveUp, keepResult, resultOf } from './outcome.ts';
import type { OnUnknown } from './record.ts';

export interface SideEffectOptions {
  /** Names the effect in keys, logs and metrics: `authorise-payment`. */
  readonly name: string;
  /**
   * What happens when nobody knows whether the effect took place (the function died, the call ran out of time):
   * `retry` runs it again under a new fencing token, for effects that are idempotent by their key; `park` leaves it to people.
   */
  readonly onUnknown: OnUnknown;
  /** How long one run may take; afterwards its lease is over. @default 30 seconds */
  readonly leaseSeconds?: number;
  /** How long the result is kept and replayed. @default 30 days */
  readonly keepDays?: number;
}

/** What a run of the effect is given. */
export interface EffectRun {
  /** Idempotency key for the other side. */
  readonly key: string;
  /** Grows with every holder of the lease, for as long as the record is kept: the other side can refuse a smaller one. */
  readonly fencingToken: number;
  /** Aborts before the lease ends: hand it to `fetch`. */
  readonly signal: AbortSignal;
}

export interface SideEffect {
  /**
   * Runs the effect, or gives back what it returned before. What it returns is given back as JSON carries it, the first time too.
   *
   * @param key what makes it this one effect: the key of a saga step, the id of an event
   * @param effect the call to the outside; throws {@link NotDone} when it certainly did not happen
   * @param payload kept with a parked effect, for people. @default nothing
   * @throws SideEffectError `MILLRACE_EFFECT_BUSY` (try again later), `_UNKNOWN` (it is parked), `_RESULT_LOST` (it happened before, with a
   * result that could not be stored); NotDone, or whatever `effect` throws
   */
  run<Result>(key: string, effect: (run: EffectRun) => Promise<Result>, payload?: unknown): Promise<Result>;
}

/** The effect is told to stop this long before its lease ends. */
const MARGIN = 0.1;

/**
 * A call to the outside that runs under a lease with a fencing token (G4).
 *
 * @example
 * const authorise = sideEffect({ name: 'authorise-payment', onUnknown: 'retry' });
 *
 * const held = await authorise.run(call.key, ({ key, signal }) => payments.authorise({ idempotencyKey: key, amount }, { signal }));
 */
export function sideEffect(options: SideEffectOptions): SideEffect {
  const { name, onUnknown } = options;
  const terms: LeaseTerms = { onUnknown, leaseMs: (options.leaseSeconds ?? 30) * 1_000, keepDays: options.keepDays ?? 30 };
  return {
    async run<Result>(key: string, effect: (run: EffectRun) => Promise<Result>, payload?: unknown): Promise<Result> {
      const table = requireVariable(ENVIRONMENT.sideEffectTable, 'InboxTable.grantSideEffects sets it.');
      const place: EffectPlace = { client: documentClient(), table, name, key };
      const acquired = await acquire(place, terms, payload);
      if (acquired.kind === 'replay') {
        measure({ sideEffect: name }, { Replayed: 1 });
        return resultOf(place, acquired.known) as Result;
      }
      const { lease } = acquired;
      const abort = new AbortController();
      const left = lease.until - Date.now() - terms.leaseMs * MARGIN;
      const timer = setTimeout(() => abort.abort(new Error(`The lease of ${name} ${key} ends.`)), left);
      let result: Result;
      try {
        result = await effect({ key, fencingToken: lease.fence, signal: abort.signal });
      } catch (error) {
        await giveUp(place, lease, onUnknown, error, payload);
        throw error;
      } finally {
        clearTimeout(timer);
      }
      return (await keepResult(place, lease, terms, result)) as Result;
    },
  };
}
