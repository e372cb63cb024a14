import { type ItemProcessor, isDistributed, itemProcessor, type MapState } from '../../asl/definition.ts';
import { Payload } from '../../json.ts';
import { LIMITS } from '../../limits.ts';
import { attemptUntilDone } from '../attempts.ts';
import { StateFailure } from '../failure.ts';
import { type Flow, forkAndJoin } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { numberIn } from '../numbers.ts';
import { fault, languageOf } from '../query.ts';
import type { Run } from '../run.ts';
import { Scope } from '../scope.ts';
import type { Transition } from '../transition.ts';
import { runToOutcome } from '../workflow.ts';
import { runDistributed } from './distributed-map.ts';
import { type Items, itemsOf, selectItem } from './map-items.ts';
import { toleranceOf } from './tolerance.ts';

export function* mapState(run: Run, lane: Lane, state: MapState, input: Payload): Flow<Transition> {
  const work = (): Flow<Payload> => mapItems(run, lane, state, input);
  return yield* attemptUntilDone(run, lane, state, input, work, () => lane.record('MapStateFailed'));
}

function* mapItems(run: Run, lane: Lane, state: MapState, input: Payload): Flow<Payload> {
  const concurrency = yield* maxConcurrency(run, lane, state, input);
  if (isDistributed(state)) return yield* runDistributed(run, lane, state, input, concurrency);
  const items = yield* itemsOf(run, lane, state, input);
  const started = lane.record('MapStateStarted', { length: items.list.length });
  yield* toleranceOf(run, lane, state, input);
  const processor = itemProcessor(state);
  if (!processor) throw new Error(`The Map state '${lane.name}' has no ItemProcessor; it was accepted all the same.`);
  const output = yield* iterate(run, lane, state, processor, items, concurrency || LIMITS.inlineConcurrency, started);
  lane.note('MapStateSucceeded');
  return output;
}

function* maxConcurrency(run: Run, lane: Lane, state: MapState, input: Payload): Flow<number> {
  const field = { name: 'MaxConcurrency', value: state.MaxConcurrency, path: state.MaxConcurrencyPath, kind: 'integer' } as const;
  const value = (yield* numberIn(run, lane, state, field, input)) ?? 0;
  if (value < 0) throw fault(lane, 'MaxConcurrency cannot be negative.');
  return value;
}

function* iterate(
  run: Run,
  lane: Lane,
  state: MapState,
  processor: ItemProcessor,
  items: Items,
  limit: number,
  started: number,
): Flow<Payload> {
  const { name } = lane;
  const outputs: Payload[] = [];
  let failure: StateFailure | undefined;
  yield* forkAndJoin({
    count: items.list.length,
    limit,
    contained: false,
    lane: (index, freed) =>
      lane.child({
        scope: new Scope(lane.scope),
        language: processor.QueryLanguage ?? languageOf(state, lane),
        previous: freed?.previous ?? started,
        item: { Index: index, Value: items.list[index] ?? null },
      }),
    *run(index, iteration) {
      iteration.record('MapIterationStarted', { name, index });
      const item = yield* selectItem(run, lane, iteration, state, items, index);
      return yield* runToOutcome(run, iteration, processor, item);
    },
    ended: (index, iteration, outcome) => {
      const id = iteration.note(outcome.ok ? 'MapIterationSucceeded' : 'MapIterationFailed', { name, index });
      lane.previous = outcome.ok ? id : iteration.previous;
      if (outcome.ok) outputs[index] = outcome.output;
      else failure = new StateFailure(outcome.error, outcome.cause, outcome.heartbeat);
      return outcome.ok;
    },
    stopped: (index, iteration) => void iteration.note('MapIterationAborted', { name, index }),
  });
  if (failure) throw failure;
  return Payload.array(outputs);
}
