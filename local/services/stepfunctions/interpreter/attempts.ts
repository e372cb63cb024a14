import type { WorkState } from '../asl/definition.ts';
import { type Json, type JsonObject, Payload } from '../json.ts';
import { evaluateMade, placeResult, shapeResult } from './data.ts';
import { StateFailure } from './failure.ts';
import { type Flow, sleepUntil } from './flow.ts';
import type { Lane } from './lane.ts';
import { fillIn, languageOf, sight } from './query.ts';
import { catcherFor, nextAttempt } from './retry.ts';
import type { Run } from './run.ts';
import { leave, type Transition } from './transition.ts';

/**
 * Does a state's work until it succeeds, `Retry` gives up, or `Catch` takes over.
 *
 * @param work one attempt
 * @param giveUp records that the state failed for good
 * @throws StateFailure when nothing catches the failure
 */
export function* attemptUntilDone(
  run: Run,
  lane: Lane,
  state: WorkState,
  input: Payload,
  work: () => Flow<Payload>,
  giveUp: () => void,
): Flow<Transition> {
  const counts: number[] = [];
  for (;;) {
    try {
      const result = yield* work();
      return yield* finish(run, lane, state, input, result);
    } catch (failure) {
      if (!(failure instanceof StateFailure)) throw failure;
      const delay = nextAttempt(state.Retry, counts, failure, () => run.surroundings.random());
      if (delay !== undefined) {
        yield* sleepUntil(run.surroundings.now() + delay);
        lane.retryCount += 1;
        continue;
      }
      giveUp();
      return yield* handle(run, lane, state, input, failure);
    }
  }
}

function* finish(run: Run, lane: Lane, state: WorkState, input: Payload, result: Payload): Flow<Transition> {
  const made =
    languageOf(state, lane) === 'JSONata'
      ? yield* evaluateMade(run, lane, state, result, { input: input.value, result: result.value })
      : shapeResult(run, lane, state, input, result);
  return leave(lane, state, made.output, made.assigned);
}

function* handle(run: Run, lane: Lane, state: WorkState, input: Payload, failure: StateFailure): Flow<Transition> {
  const found = catcherFor(state.Catch, failure);
  if (!found) throw failure;
  const { catcher, at } = found;
  const errorOutput = describe(failure);
  if (languageOf(state, lane) === 'JSONata') {
    const states = { input: input.value, errorOutput: errorOutput.value };
    const made = yield* evaluateMade(run, lane, catcher, errorOutput, states, `Catch[${at}]/`);
    return leave(lane, catcher, made.output, made.assigned);
  }
  const assigned = catcher.Assign ? (fillIn(lane, catcher.Assign, sight(run, lane, errorOutput.value)) as JsonObject) : undefined;
  return leave(lane, catcher, placeResult(lane, catcher.ResultPath, input, errorOutput), assigned);
}

function describe(failure: StateFailure): Payload {
  const output: Record<string, Json> = {};
  if (failure.error !== undefined) output.Error = failure.error;
  if (failure.reason !== undefined) output.Cause = failure.reason;
  return Payload.of(output);
}
