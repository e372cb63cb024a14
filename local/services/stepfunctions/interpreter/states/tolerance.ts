import type { MapState } from '../../asl/definition.ts';
import type { Payload } from '../../json.ts';
import type { Flow } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { numberIn } from '../numbers.ts';
import { fault } from '../query.ts';
import type { Run } from '../run.ts';

/** How many children may fail. */
export interface Tolerance {
  readonly count: number | undefined;
  readonly percentage: number | undefined;
}

/** Reads the tolerance, once the state has started. In an inline Map it has no effect, but what is wrong with it is found there too. */
export function* toleranceOf(run: Run, lane: Lane, state: MapState, input: Payload): Flow<Tolerance> {
  const counted = { value: state.ToleratedFailureCount, path: state.ToleratedFailureCountPath, kind: 'integer' } as const;
  const count = yield* numberIn(run, lane, state, { name: 'ToleratedFailureCount', ...counted }, input);
  if (count !== undefined && count < 0) throw fault(lane, 'ToleratedFailureCount cannot be negative.');
  const shared = { value: state.ToleratedFailurePercentage, path: state.ToleratedFailurePercentagePath, kind: 'float' } as const;
  const percentage = yield* numberIn(run, lane, state, { name: 'ToleratedFailurePercentage', ...shared }, input);
  if (percentage !== undefined && (percentage < 0 || percentage > 100)) {
    throw fault(lane, 'ToleratedFailurePercentage must be between 0 and 100.');
  }
  return { count, percentage };
}

export function exceeded(tolerance: Tolerance, failed: number, total: number): boolean {
  if (tolerance.count === undefined && tolerance.percentage === undefined) return failed > 0;
  if (tolerance.count !== undefined && failed > tolerance.count) return true;
  return tolerance.percentage !== undefined && (failed / total) * 100 > tolerance.percentage;
}
