import type { QueryLanguage, State } from '../asl/definition.ts';
import { isIntrinsic } from '../intrinsics/parse.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Bindings } from '../jsonata/evaluate.ts';
import { expressionsIn, substitute } from '../jsonata/template.ts';
import { fillTemplate } from '../paths/payload-template.ts';
import { type Read, read, type Sight } from '../paths/reader.ts';
import { ERRORS, ExecutionFault, inState, StateFailure } from './failure.ts';
import { evaluateAll, type Flow } from './flow.ts';
import type { Lane } from './lane.ts';
import { contextObject, type Run } from './run.ts';

export function languageOf(state: State, lane: Lane): QueryLanguage {
  return state.QueryLanguage ?? lane.language;
}

/** What paths of a lane see when `$` is `input`. */
export function sight(run: Run, lane: Lane, input: Json): Sight {
  return {
    input,
    context: () => contextObject(run, lane),
    variable: (name) => lane.scope.get(name),
    random: () => run.surroundings.random(),
    uuid: () => run.surroundings.uuid(),
  };
}

/** The end of an execution whose state can't be interpreted. */
export function fault(lane: Lane, what: string): ExecutionFault {
  return new ExecutionFault(inState(lane.name, lane.enteredId, what));
}

/** Reads a path that must lead somewhere (`InputPath`, `OutputPath`, `ItemsPath`, …). */
export function readPath(lane: Lane, path: string, view: Sight): Json {
  const result = read(path, view);
  if (result.found) return result.value;
  if (isIntrinsic(path)) throw functionFailure(lane, result);
  throw fault(lane, `Invalid path '${path}' : ${result.problem}`);
}

/** Fills in a payload template (`Parameters`, `ResultSelector`, `ItemSelector`, `Assign`). */
export function fillIn(lane: Lane, template: Json, view: Sight): Json {
  const filled = fillTemplate(template, view);
  if (filled.ok) return filled.value;
  const { field, path, read: result } = filled.problem;
  if (result.failure !== undefined) throw functionFailure(lane, result);
  if (result.document === null) throw fault(lane, 'Unable to apply Path transformation to null or empty input.');
  const document = JSON.stringify(result.document);
  throw fault(lane, `The JSONPath '${path}' specified for the field '${field}' could not be found in the input '${document}'`);
}

function functionFailure(lane: Lane, result: Extract<Read, { found: false }>): Error {
  const what = result.failure ?? result.problem;
  if (what.includes('had the following error: The JsonPath argument')) return fault(lane, what);
  return new StateFailure(ERRORS.intrinsic, inState(lane.name, lane.enteredId, what));
}

/** Names that JSONata expressions see, beside the variables: `$states`. */
export function bindings(
  run: Run,
  lane: Lane,
  states: { readonly input: Json; readonly result?: Json; readonly errorOutput?: Json },
): Bindings {
  return { ...lane.scope.all(), states: { ...states, context: contextObject(run, lane) } };
}

/** A field that may hold JSONata expressions, and its name in messages. */
export interface Templated {
  readonly field: string;
  readonly template: Json;
}

/** The values of fields, their expressions evaluated in order. The first that fails fails the state. */
export function* evaluateFields(lane: Lane, fields: readonly Templated[], scope: () => Bindings): Flow<Json[]> {
  const list = fields.flatMap(({ template, field }) => expressionsIn(template, field));
  if (list.length === 0) return fields.map(({ template }) => template);
  const evaluated = yield* evaluateAll(list, scope());
  if (!evaluated.ok) {
    const failed = list[evaluated.at];
    throw queryFailure(
      lane,
      failed?.field ?? '',
      `The JSONata expression '${failed?.expression}' specified for the field '${failed?.field}' ${evaluated.problem}`,
    );
  }
  const values = evaluated.values.values();
  return fields.map(({ template }) => substitute(template, values));
}

export function* evaluateField(lane: Lane, template: Json, field: string, scope: () => Bindings): Flow<Json> {
  const [value] = yield* evaluateFields(lane, [{ template, field }], scope);
  return value ?? null;
}

/** Records that a field's value is of no use, and gives the failure to throw. */
export function queryFailure(lane: Lane, field: string, what: string, previous?: number): StateFailure {
  const cause = inState(lane.name, lane.enteredId, what);
  const after = previous ?? (lane.previous === lane.enteredId ? lane.enteredAfter : lane.previous);
  const details = { error: ERRORS.query, cause, location: field, state: lane.name };
  lane.previous = lane.note('EvaluationFailed', details, after);
  return new StateFailure(ERRORS.query, cause);
}

/** The texts of assigned variables, as the history shows them; none when nothing was assigned. */
export function assignedTexts(assigned: JsonObject | undefined): Readonly<Record<string, string>> | undefined {
  if (!assigned) return undefined;
  const entries = Object.entries(assigned);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, JSON.stringify(value)]));
}
