import type { SucceedState } from '../../asl/definition.ts';
import type { Payload } from '../../json.ts';
import { evaluateMade, selectInput, shapeInput } from '../data.ts';
import { type Flow, turn } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { languageOf } from '../query.ts';
import type { Run } from '../run.ts';
import { leave, type Transition } from '../transition.ts';

export function* succeedState(run: Run, lane: Lane, state: SucceedState, input: Payload): Flow<Transition> {
  yield* turn();
  const made =
    languageOf(state, lane) === 'JSONata'
      ? yield* evaluateMade(run, lane, state, input, { input: input.value })
      : shapeInput(run, lane, state, selectInput(run, lane, state.InputPath, input));
  return leave(lane, {}, made.output, made.assigned);
}
