import type { State, Workflow } from '../asl/definition.ts';
import type { Payload } from '../json.ts';
import { StateFailure } from './failure.ts';
import type { Flow, Outcome } from './flow.ts';
import type { Lane } from './lane.ts';
import type { Run } from './run.ts';
import { choiceState } from './states/choice.ts';
import { failState } from './states/fail.ts';
import { mapState } from './states/map.ts';
import { parallelState } from './states/parallel.ts';
import { passState } from './states/pass.ts';
import { succeedState } from './states/succeed.ts';
import { taskState } from './states/task.ts';
import { waitState } from './states/wait.ts';
import type { Transition } from './transition.ts';

/** Runs the states of a workflow from its first, until one ends it or fails. */
export function* runToOutcome(run: Run, lane: Lane, workflow: Workflow, input: Payload): Flow<Outcome> {
  try {
    let name = workflow.StartAt;
    let data = input;
    for (;;) {
      const state = workflow.States[name];
      if (!state) throw new Error(`The definition has no state '${name}'; it was accepted all the same.`);
      lane.enter(name, state.Type, data.text);
      const transition = yield* runState(run, lane, state, data);
      data = transition.output;
      if (transition.kind === 'end') return { ok: true, output: data };
      name = transition.state;
    }
  } catch (failure) {
    if (!(failure instanceof StateFailure)) throw failure;
    return { ok: false, error: failure.error, cause: failure.reason, heartbeat: failure.heartbeat };
  }
}

function runState(run: Run, lane: Lane, state: State, input: Payload): Flow<Transition> {
  switch (state.Type) {
    case 'Pass':
      return passState(run, lane, state, input);
    case 'Task':
      return taskState(run, lane, state, input);
    case 'Choice':
      return choiceState(run, lane, state, input);
    case 'Wait':
      return waitState(run, lane, state, input);
    case 'Succeed':
      return succeedState(run, lane, state, input);
    case 'Fail':
      return failState(run, lane, state, input);
    case 'Parallel':
      return parallelState(run, lane, state, input);
    case 'Map':
      return mapState(run, lane, state, input);
  }
}
