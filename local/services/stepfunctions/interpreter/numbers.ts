import type { State } from '../asl/definition.ts';
import type { Json, Payload } from '../json.ts';
import { read } from '../paths/reader.ts';
import type { Flow } from './flow.ts';
import type { Lane } from './lane.ts';
import { bindings, evaluateField, fault, languageOf, queryFailure, sight } from './query.ts';
import { unexpectedType } from './result-type.ts';
import type { Run } from './run.ts';

/** A field that is a number, an expression, or, under its name with `Path`, a path to a number. */
export interface NumberField {
  readonly name: string;
  readonly value: number | string | undefined;
  readonly path: string | undefined;
  readonly kind: 'integer' | 'float';
}

/** The number that a field yields; undefined when the state does not have it. */
export function* numberIn(run: Run, lane: Lane, state: State, field: NumberField, input: Payload): Flow<number | undefined> {
  if (field.path !== undefined) return referenced(run, lane, field, field.path, input.value);
  if (field.value === undefined) return undefined;
  if (languageOf(state, lane) !== 'JSONata') return Number(field.value);
  const value = yield* evaluateField(lane, field.value, field.name, () => bindings(run, lane, { input: input.value }));
  if (typeof value !== 'number') throw queryFailure(lane, field.name, unexpectedType(field.value, field.name, 'number', value));
  return value;
}

function referenced(run: Run, lane: Lane, field: NumberField, path: string, input: Json): number {
  const result = read(path, sight(run, lane, input));
  if (!result.found) throw fault(lane, `Invalid path '${path}' : ${result.problem}`);
  const number = typeof result.value === 'string' ? Number.parseFloat(result.value) : result.value;
  const valid = typeof number === 'number' && (field.kind === 'integer' ? Number.isInteger(number) : Number.isFinite(number));
  if (valid) return number;
  const shown = typeof result.value === 'string' ? result.value : JSON.stringify(result.value);
  throw fault(lane, `The ${field.name}Path field refers to value "${shown}" which is not a valid ${field.kind}: ${path}`);
}
