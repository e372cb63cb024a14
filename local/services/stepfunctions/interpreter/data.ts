import type { State } from '../asl/definition.ts';
import { type Json, type JsonObject, Payload } from '../json.ts';
import { parsePath } from '../paths/parse-path.ts';
import { placeAt } from '../paths/reference-path.ts';
import { ERRORS, inState, StateFailure } from './failure.ts';
import type { Flow } from './flow.ts';
import type { Lane } from './lane.ts';
import { bindings, evaluateFields, fillIn, languageOf, readPath, sight, type Templated } from './query.ts';
import type { Run } from './run.ts';

/** Applies `InputPath`: null stands for the empty object. */
export function selectInput(run: Run, lane: Lane, path: string | null | undefined, input: Payload): Payload {
  return select(run, lane, path, input);
}

function select(run: Run, lane: Lane, path: string | null | undefined, from: Payload): Payload {
  if (path === undefined || path === '$') return from;
  if (path === null) return Payload.of({});
  return from.with(readPath(lane, path, sight(run, lane, from.value)));
}

/** The effective input of a state that works: `InputPath` and `Parameters`, or `Arguments`. */
export function* effectiveInput(
  run: Run,
  lane: Lane,
  state: { readonly InputPath?: string | null; readonly Parameters?: Json; readonly Arguments?: Json } & State,
  input: Payload,
): Flow<Payload> {
  if (languageOf(state, lane) === 'JSONata') {
    if (state.Arguments === undefined) return input;
    const fields = [{ template: state.Arguments, field: 'Arguments' }];
    const [value] = yield* evaluateFields(lane, fields, () => bindings(run, lane, { input: input.value }));
    return Payload.of(value ?? null);
  }
  const selected = selectInput(run, lane, state.InputPath, input);
  if (state.Parameters === undefined) return selected;
  return Payload.of(fillIn(lane, state.Parameters, sight(run, lane, selected.value)));
}

/** What a state makes of its result: its output, and the variables it assigns. */
export interface Made {
  readonly output: Payload;
  readonly assigned: JsonObject | undefined;
}

/** JSONPath: `ResultSelector`, `Assign`, `ResultPath`, `OutputPath`, in this order. */
export function shapeResult(
  run: Run,
  lane: Lane,
  state: {
    readonly ResultSelector?: Json;
    readonly ResultPath?: string | null;
    readonly OutputPath?: string | null;
    readonly Assign?: JsonObject;
  },
  input: Payload,
  result: Payload,
): Made {
  const selected =
    state.ResultSelector === undefined ? result : Payload.of(fillIn(lane, state.ResultSelector, sight(run, lane, result.value)));
  const assigned = state.Assign ? (fillIn(lane, state.Assign, sight(run, lane, selected.value)) as JsonObject) : undefined;
  const placed = placeResult(lane, state.ResultPath, input, selected);
  return { output: select(run, lane, state.OutputPath, placed), assigned };
}

export function placeResult(lane: Lane, path: string | null | undefined, input: Payload, result: Payload): Payload {
  if (path === undefined || path === '$') return result;
  if (path === null) return input;
  const placed = placeAt(parsePath(path), input.value, result.value);
  if (placed !== undefined) return Payload.of(placed);
  const what = `Unable to apply ReferencePath ${path} to input ${input.text}`;
  throw new StateFailure(ERRORS.resultPath, inState(lane.name, lane.enteredId, what));
}

/** JSONPath, for states that make no result (Choice, Wait, Succeed): `Assign` and `OutputPath` on the selected input. */
export function shapeInput(
  run: Run,
  lane: Lane,
  state: { readonly OutputPath?: string | null; readonly Assign?: JsonObject },
  selected: Payload,
): Made {
  const assigned = state.Assign ? (fillIn(lane, state.Assign, sight(run, lane, selected.value)) as JsonObject) : undefined;
  return { output: select(run, lane, state.OutputPath, selected), assigned };
}

/** JSONata: `Assign` and `Output`; without `Output` the state passes on what is given. */
export function* evaluateMade(
  run: Run,
  lane: Lane,
  from: { readonly Assign?: JsonObject; readonly Output?: Json },
  passedOn: Payload,
  states: { readonly input: Json; readonly result?: Json; readonly errorOutput?: Json },
  prefix = '',
): Flow<Made> {
  const fields: Templated[] = [];
  if (from.Assign !== undefined) fields.push({ template: from.Assign, field: `${prefix}Assign` });
  if (from.Output !== undefined) fields.push({ template: from.Output, field: `${prefix}Output` });
  if (fields.length === 0) return { output: passedOn, assigned: undefined };
  const values = yield* evaluateFields(lane, fields, () => bindings(run, lane, states));
  const assigned = from.Assign === undefined ? undefined : (values[0] as JsonObject);
  const output = from.Output === undefined ? passedOn : Payload.of(values.at(-1) ?? null);
  return { output, assigned };
}
