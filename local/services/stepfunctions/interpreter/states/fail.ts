import type { FailState } from '../../asl/definition.ts';
import type { Json, Payload } from '../../json.ts';
import { StateFailure } from '../failure.ts';
import { type Flow, turn } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { bindings, evaluateFields, fault, languageOf, queryFailure, readPath, sight } from '../query.ts';
import { unexpectedType } from '../result-type.ts';
import type { Run } from '../run.ts';

export function* failState(run: Run, lane: Lane, state: FailState, input: Payload): Flow<never> {
  yield* turn();
  if (languageOf(state, lane) === 'JSONata') {
    const given = (['Error', 'Cause'] as const).filter((field) => state[field] !== undefined);
    const fields = given.map((field) => ({ field, template: state[field] ?? null }));
    const values = yield* evaluateFields(lane, fields, () => bindings(run, lane, { input: input.value }));
    const text = (field: 'Error' | 'Cause'): string | undefined => {
      const at = given.indexOf(field);
      return at < 0 ? undefined : expectText(lane, field, state[field] ?? '', values[at] ?? null);
    };
    throw new StateFailure(text('Error'), text('Cause'));
  }
  const view = sight(run, lane, input.value);
  const text = (field: 'ErrorPath' | 'CausePath', path: string | undefined): string | undefined => {
    if (path === undefined) return undefined;
    const value = readPath(lane, path, view);
    if (typeof value === 'string') return value;
    throw fault(lane, `The ${field} parameter does not reference a string value: ${path} == ${JSON.stringify(value)}`);
  };
  throw new StateFailure(state.Error ?? text('ErrorPath', state.ErrorPath), state.Cause ?? text('CausePath', state.CausePath));
}

function expectText(lane: Lane, field: string, written: string, value: Json): string {
  if (typeof value === 'string') return value;
  throw queryFailure(lane, field, unexpectedType(written, field, 'string', value));
}
