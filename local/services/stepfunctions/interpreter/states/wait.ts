import type { WaitState } from '../../asl/definition.ts';
import { parseTimestamp } from '../../asl/timestamp.ts';
import type { Json, Payload } from '../../json.ts';
import { expressionIn } from '../../jsonata/template.ts';
import { read } from '../../paths/reader.ts';
import { evaluateMade, selectInput, shapeInput } from '../data.ts';
import { type Flow, sleepUntil, turn } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { bindings, evaluateField, fault, languageOf, queryFailure, sight } from '../query.ts';
import { unexpectedType } from '../result-type.ts';
import type { Run } from '../run.ts';
import { leave, type Transition } from '../transition.ts';

export function* waitState(run: Run, lane: Lane, state: WaitState, input: Payload): Flow<Transition> {
  const start = run.surroundings.now();
  yield* turn();
  if (languageOf(state, lane) === 'JSONata') {
    const until = yield* expressedEnd(run, lane, state, input, start);
    if (until > run.surroundings.now()) yield* sleepUntil(until);
    const made = yield* evaluateMade(run, lane, state, input, { input: input.value });
    return leave(lane, state, made.output, made.assigned);
  }
  const selected = selectInput(run, lane, state.InputPath, input);
  const until = referencedEnd(run, lane, state, selected.value, start);
  if (until > run.surroundings.now()) yield* sleepUntil(until);
  const made = shapeInput(run, lane, state, selected);
  return leave(lane, state, made.output, made.assigned);
}

function* expressedEnd(run: Run, lane: Lane, state: WaitState, input: Payload, start: number): Flow<number> {
  const scope = (): ReturnType<typeof bindings> => bindings(run, lane, { input: input.value });
  if (state.Timestamp !== undefined) {
    const value = yield* evaluateField(lane, state.Timestamp, 'Timestamp', scope);
    if (typeof value !== 'string') throw queryFailure(lane, 'Timestamp', unexpectedType(state.Timestamp, 'Timestamp', 'string', value));
    const at = parseTimestamp(value);
    if (at !== undefined) return at;
    const what = `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${value}`;
    throw queryFailure(lane, 'Timestamp', what, lane.enteredId);
  }
  const value = yield* evaluateField(lane, state.Seconds ?? 0, 'Seconds', scope);
  if (typeof value !== 'number') throw queryFailure(lane, 'Seconds', unexpectedType(state.Seconds ?? 0, 'Seconds', 'number', value));
  if (expressionIn(state.Seconds) !== undefined && (!Number.isInteger(value) || value < 0)) {
    throw queryFailure(lane, 'Seconds', `The Seconds field must be a non-negative integer: ${JSON.stringify(value)}`, lane.enteredId);
  }
  return start + value * 1000;
}

function referencedEnd(run: Run, lane: Lane, state: WaitState, input: Json, start: number): number {
  if (state.TimestampPath !== undefined) {
    const value = reference(run, lane, 'TimestampPath', state.TimestampPath, input);
    const at = typeof value === 'string' ? parseTimestamp(value) : undefined;
    if (at !== undefined) return at;
    const what = 'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string:';
    throw fault(lane, `${what} ${state.TimestampPath} == ${shown(value)}`);
  }
  if (state.SecondsPath !== undefined) {
    const value = reference(run, lane, 'SecondsPath', state.SecondsPath, input);
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      throw fault(lane, `The SecondsPath parameter cannot be parsed as a long value: ${state.SecondsPath} == ${shown(value)}`);
    }
    if (value < 0) throw fault(lane, `The SecondsPath parameter references a negative value: ${state.SecondsPath} == ${value}`);
    return start + value * 1000;
  }
  if (state.Timestamp !== undefined) return parseTimestamp(state.Timestamp) ?? start;
  return start + Number(state.Seconds ?? 0) * 1000;
}

function reference(run: Run, lane: Lane, field: string, path: string, input: Json): Json {
  const result = read(path, sight(run, lane, input));
  if (result.found) return result.value;
  throw fault(lane, `The ${field} parameter does not reference an input value: ${path}`);
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
