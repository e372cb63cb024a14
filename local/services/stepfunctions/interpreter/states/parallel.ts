import type { ParallelState } from '../../asl/definition.ts';
import { Payload } from '../../json.ts';
import { attemptUntilDone } from '../attempts.ts';
import { effectiveInput } from '../data.ts';
import { StateFailure } from '../failure.ts';
import { type Flow, forkAndJoin } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { languageOf } from '../query.ts';
import type { Run } from '../run.ts';
import { Scope } from '../scope.ts';
import type { Transition } from '../transition.ts';
import { runToOutcome } from '../workflow.ts';

export function* parallelState(run: Run, lane: Lane, state: ParallelState, input: Payload): Flow<Transition> {
  const work = (): Flow<Payload> => runBranches(run, lane, state, input);
  return yield* attemptUntilDone(run, lane, state, input, work, () => lane.record('ParallelStateFailed'));
}

function* runBranches(run: Run, lane: Lane, state: ParallelState, input: Payload): Flow<Payload> {
  const effective = yield* effectiveInput(run, lane, state, input);
  const started = lane.record('ParallelStateStarted');
  const outputs: Payload[] = [];
  let failure: StateFailure | undefined;
  yield* forkAndJoin({
    count: state.Branches.length,
    limit: state.Branches.length,
    contained: false,
    lane: (index) => {
      const language = state.Branches[index]?.QueryLanguage ?? languageOf(state, lane);
      return lane.child({ scope: new Scope(lane.scope), language, previous: started });
    },
    *run(index, branch) {
      const workflow = state.Branches[index];
      return workflow ? yield* runToOutcome(run, branch, workflow, effective) : { ok: true, output: effective };
    },
    ended: (index, branch, outcome) => {
      lane.previous = branch.previous;
      if (outcome.ok) outputs[index] = outcome.output;
      else failure = new StateFailure(outcome.error, outcome.cause, outcome.heartbeat);
      return outcome.ok;
    },
  });
  if (failure) throw failure;
  lane.note('ParallelStateSucceeded');
  return Payload.array(outputs);
}
