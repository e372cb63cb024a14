import { itemProcessor, type MapState } from '../../asl/definition.ts';
import { Payload } from '../../json.ts';
import { LIMITS } from '../../limits.ts';
import { ERRORS, StateFailure } from '../failure.ts';
import { type Flow, forkAndJoin, type Outcome } from '../flow.ts';
import { History } from '../history.ts';
import type { Lane } from '../lane.ts';
import { languageOf } from '../query.ts';
import type { Identity, Run } from '../run.ts';
import { Scope } from '../scope.ts';
import { runToOutcome } from '../workflow.ts';
import { batched } from './item-batches.ts';
import { readItems } from './item-reader.ts';
import { type Items, itemsOf, selectItem } from './map-items.ts';
import { writeResults } from './result-writer.ts';
import { exceeded, type Tolerance, toleranceOf } from './tolerance.ts';

/** One run of a distributed Map: every item, or batch, is an execution of its own, whose events are not the parent's. */
export function* runDistributed(run: Run, lane: Lane, state: MapState, input: Payload, concurrency: number): Flow<Payload> {
  const direct = state.ItemReader ? undefined : yield* itemsOf(run, lane, state, input);
  lane.record('MapStateStarted', { length: direct?.list.length ?? 0 });
  const tolerance = yield* toleranceOf(run, lane, state, input);
  const arn = mapRunArn(run, lane, state);
  lane.record('MapRunStarted', { mapRunArn: arn });
  try {
    const items = direct ?? (yield* readItems(run, lane, state, input));
    const inputs = yield* batched(run, lane, state, items, input, yield* selected(run, lane, state, items));
    const outcomes = yield* runChildren(run, lane, state, arn, inputs, concurrency || LIMITS.distributedConcurrency, tolerance);
    const output = yield* writeResults(run, lane, state, input, arn, inputs, outcomes);
    const started = lane.previous;
    const succeeded = lane.note('MapRunSucceeded', undefined, started);
    lane.note('MapStateSucceeded', undefined, succeeded);
    return output;
  } catch (failure) {
    if (failure instanceof StateFailure) lane.record('MapRunFailed', { error: failure.error, cause: failure.reason });
    throw failure;
  }
}

function mapRunArn(run: Run, lane: Lane, state: MapState): string {
  const label = state.Label ?? lane.name.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, 40);
  return `${run.identity.stateMachineArn.replace(':stateMachine:', ':mapRun:')}/${label}:${run.surroundings.uuid()}`;
}

function* selected(run: Run, lane: Lane, state: MapState, items: Items): Flow<Payload[]> {
  const inputs: Payload[] = [];
  for (const [index, value] of items.list.entries()) {
    const item = lane.child({ scope: lane.scope, language: lane.language, item: { Index: index, Value: value } });
    inputs.push(yield* selectItem(run, lane, item, state, items, index));
  }
  return inputs;
}

function* runChildren(
  run: Run,
  lane: Lane,
  state: MapState,
  arn: string,
  inputs: readonly Payload[],
  limit: number,
  tolerance: Tolerance,
): Flow<readonly (Outcome | undefined)[]> {
  const processor = itemProcessor(state);
  if (!processor) throw new Error(`The Map state '${lane.name}' has no ItemProcessor; it was accepted all the same.`);
  const outcomes: (Outcome | undefined)[] = [];
  let failed = 0;
  yield* forkAndJoin({
    count: inputs.length,
    limit,
    contained: true,
    lane: (index) => {
      const history = new History(false);
      const language = processor.QueryLanguage ?? languageOf(state, lane);
      const child = lane.child({
        scope: new Scope(),
        language,
        previous: 0,
        history,
        item: { Index: index, Value: inputs[index]?.value ?? null },
      });
      child.note('ExecutionStarted');
      return child;
    },
    *run(index, child) {
      const input = inputs[index] ?? Payload.of({});
      return yield* runToOutcome({ ...run, identity: childIdentity(run, arn, input) }, child, processor, input);
    },
    ended: (index, _, outcome) => {
      outcomes[index] = outcome;
      if (!outcome.ok) failed += 1;
      return !exceeded(tolerance, failed, inputs.length);
    },
  });
  if (exceeded(tolerance, failed, inputs.length)) {
    throw new StateFailure(ERRORS.threshold, 'The specified tolerated failure threshold was exceeded');
  }
  return outcomes;
}

function childIdentity(run: Run, arn: string, input: Payload): Identity {
  const name = run.surroundings.uuid();
  const executionArn = `${arn.replace(':mapRun:', ':execution:').replace(/:[^:]*$/, '')}:${name}`;
  return { ...run.identity, name, executionArn, input, startedAt: run.surroundings.now() };
}
