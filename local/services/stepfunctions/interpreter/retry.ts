import type { Catcher, Retrier } from '../asl/definition.ts';
import { ERRORS, type StateFailure } from './failure.ts';

const DEFAULTS = { interval: 1, attempts: 3, backoff: 2 };

/** Errors that `States.ALL` and `States.TaskFailed` leave out. */
const NOT_ALL: readonly string[] = [ERRORS.dataLimit, ERRORS.runtime];

/** Whether a Retrier or Catcher is for this failure. */
export function matches(names: readonly string[], failure: StateFailure): boolean {
  return names.some((name) => {
    if (name === failure.error) return true;
    if (name === ERRORS.all) return !NOT_ALL.includes(failure.error ?? '');
    if (name === ERRORS.heartbeat) return failure.heartbeat;
    return name === ERRORS.taskFailed && failure.error !== ERRORS.timeout && !NOT_ALL.includes(failure.error ?? '');
  });
}

/**
 * Decides on a retry: the first Retrier that matches counts its own attempts.
 *
 * @param counts attempts used by each Retrier so far; the one that is used now is counted
 * @returns milliseconds to wait before the next attempt, or undefined when there is none
 */
export function nextAttempt(
  retriers: readonly Retrier[] | undefined,
  counts: number[],
  failure: StateFailure,
  random: () => number,
): number | undefined {
  const at = retriers?.findIndex((each) => matches(each.ErrorEquals, failure)) ?? -1;
  const retrier = retriers?.[at];
  if (!retrier) return undefined;
  const used = counts[at] ?? 0;
  if (used >= (retrier.MaxAttempts ?? DEFAULTS.attempts)) return undefined;
  counts[at] = used + 1;
  const grown = (retrier.IntervalSeconds ?? DEFAULTS.interval) * (retrier.BackoffRate ?? DEFAULTS.backoff) ** used;
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return Math.round(seconds * 1000 * (retrier.JitterStrategy === 'FULL' ? random() : 1));
}

/** The first Catcher that is for this failure. */
export function catcherFor(
  catchers: readonly Catcher[] | undefined,
  failure: StateFailure,
): { readonly catcher: Catcher; readonly at: number } | undefined {
  const at = catchers?.findIndex((each) => matches(each.ErrorEquals, failure)) ?? -1;
  const catcher = catchers?.[at];
  return catcher ? { catcher, at } : undefined;
}
