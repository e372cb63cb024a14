import { backoffMs, sleep } from '../retry.ts';
import type { Publish } from './bus.ts';
import { headOf, type Lane } from './lane.ts';
import { applyOutcomes, type EntryOutcome, planRound, type RoundLimits } from './plan-round.ts';

export interface PublishOptions extends RoundLimits {
  /** Whether there is time for another round. */
  readonly goOn: () => boolean;
  /** Hears of every entry that was not published. */
  readonly onFailure?: (lane: Lane, outcome: Exclude<EntryOutcome, { kind: 'published' }>) => void;
}

/** Requests under way at once. */
const CONCURRENCY = 4;
const BASE_MS = 50;
const CAP_MS = 1_000;

/**
 * Publishes lanes round by round, until every lane is finished, blocked, out of tries, or time is up. Lanes do not wait for each other's
 * failures beyond the round.
 */
export async function publishLanes(lanes: readonly Lane[], publish: Publish, options: PublishOptions): Promise<readonly Lane[]> {
  let current = lanes;
  for (let failures = 0; options.goOn(); ) {
    const round = planRound(current, options);
    current = round.lanes;
    if (round.batches.length === 0) return current;
    let failed = false;
    for (let at = 0; at < round.batches.length; at += CONCURRENCY) {
      const batches = round.batches.slice(at, at + CONCURRENCY);
      const answers = await Promise.all(batches.map((batch) => publish(batch.map(({ event }) => event))));
      for (const [index, batch] of batches.entries()) {
        const outcomes = answers[index] ?? [];
        for (const [entry, { lane }] of batch.entries()) {
          const outcome = outcomes[entry];
          const of = current[lane];
          if (!outcome || !of || outcome.kind === 'published') continue;
          failed ||= outcome.kind === 'failed';
          options.onFailure?.(of, outcome);
        }
        current = applyOutcomes(current, batch, outcomes);
      }
    }
    failures = failed ? failures + 1 : 0;
    if (failed && current.some((lane) => headOf(lane) !== undefined)) await sleep(backoffMs(failures, BASE_MS, CAP_MS));
  }
  return current;
}
