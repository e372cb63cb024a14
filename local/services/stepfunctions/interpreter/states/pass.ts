import type { PassState } from '../../asl/definition.ts';
import { Payload } from '../../json.ts';
import { effectiveInput, evaluateMade, shapeResult } from '../data.ts';
import { type Flow, turn } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { languageOf } from '../query.ts';
import type { Run } from '../run.ts';
import { leave, type Transition } from '../transition.ts';

export function* passState(run: Run, lane: Lane, state: PassState, input: Payload): Flow<Transition> {
  yield* turn();
  if (languageOf(state, lane) === 'JSONata') {
    const made = yield* evaluateMade(run, lane, state, input, { input: input.value });
    return leave(lane, state, made.output, made.assigned);
  }
  const effective = yield* effectiveInput(run, lane, state, input);
  const result = state.Result === undefined ? effective : Payload.of(state.Result);
  const made = shapeResult(run, lane, state, input, result);
  return leave(lane, state, made.output, made.assigned);
}
