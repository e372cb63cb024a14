import type { MapState } from '../../asl/definition.ts';
import { isArray, type Json, jsonType, Payload } from '../../json.ts';
import { selectInput } from '../data.ts';
import type { Flow } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { bindings, evaluateField, fault, fillIn, languageOf, queryFailure, readPath, sight } from '../query.ts';
import { unexpectedType } from '../result-type.ts';
import type { Run } from '../run.ts';

/** What a Map iterates over. */
export interface Items {
  readonly list: readonly Json[];
  /** The state's input, as selectors see it. */
  readonly input: Payload;
}

/** The items: `Items`, or the input (JSONata); `ItemsPath` of the selected input (JSONPath). */
export function* itemsOf(run: Run, lane: Lane, state: MapState, input: Payload): Flow<Items> {
  if (languageOf(state, lane) === 'JSONata') {
    if (state.Items === undefined) return { list: inputItems(lane, input.value), input };
    const value = yield* evaluateField(lane, state.Items, 'Items', () => bindings(run, lane, { input: input.value }));
    if (!isArray(value)) throw queryFailure(lane, 'Items', unexpectedType(state.Items, 'Items', 'array', value));
    return { list: value, input };
  }
  const selected = selectInput(run, lane, state.InputPath, input);
  const path = state.ItemsPath ?? '$';
  const value = readPath(lane, path, sight(run, lane, selected.value));
  if (!isArray(value)) throw fault(lane, `Reference path "${path}" must point to array.`);
  return { list: value, input: selected };
}

function inputItems(lane: Lane, value: Json): readonly Json[] {
  if (isArray(value)) return value;
  throw queryFailure(lane, 'Items', `Map state input must be an array but was: ${jsonType(value)}`);
}

/** An iteration's input: the item, or what `ItemSelector` (once `Parameters`) makes of it. */
export function* selectItem(run: Run, lane: Lane, iteration: Lane, state: MapState, items: Items, index: number): Flow<Payload> {
  const selector = state.ItemSelector ?? state.Parameters;
  if (selector === undefined) return Payload.of(items.list[index] ?? null);
  // The selector is a field of the Map state: messages and the context object are those of the Map, with the item's own part.
  const view = selecting(lane, iteration);
  if (languageOf(state, lane) !== 'JSONata') return Payload.of(fillIn(view, selector, sight(run, view, items.input.value)));
  const scope = (): ReturnType<typeof bindings> => bindings(run, view, { input: items.input.value });
  const value = yield* evaluateField(view, selector, 'ItemSelector', scope);
  iteration.previous = Math.max(iteration.previous, view.previous);
  return Payload.of(value);
}

function selecting(lane: Lane, iteration: Lane): Lane {
  const view = lane.child({ scope: lane.scope, language: lane.language, previous: iteration.previous });
  const item = iteration.item;
  const seen = item ? lane.child({ scope: lane.scope, language: lane.language, previous: iteration.previous, item }) : view;
  seen.name = lane.name;
  seen.type = lane.type;
  seen.enteredAt = lane.enteredAt;
  seen.enteredId = lane.enteredId;
  seen.enteredAfter = lane.enteredAfter;
  seen.retryCount = lane.retryCount;
  return seen;
}
