import type { ChoiceRule, ChoiceState } from '../../asl/definition.ts';
import type { JsonObject, Payload } from '../../json.ts';
import { evaluateMade, selectInput, shapeInput } from '../data.ts';
import { type Flow, turn } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { bindings, evaluateField, fault, languageOf, queryFailure, sight } from '../query.ts';
import { unexpectedType } from '../result-type.ts';
import type { Run } from '../run.ts';
import { leave, type Transition } from '../transition.ts';
import { ruleHolds } from './choice-rules.ts';

export function* choiceState(run: Run, lane: Lane, state: ChoiceState, input: Payload): Flow<Transition> {
  yield* turn();
  if (languageOf(state, lane) === 'JSONata') return yield* chooseByCondition(run, lane, state, input);
  const selected = selectInput(run, lane, state.InputPath, input);
  const view = sight(run, lane, selected.value);
  const rule = state.Choices.find((each) => ruleHolds(lane, each, view));
  const target = targetOf(lane, state, rule);
  const assign = rule ? rule.Assign : state.Assign;
  const made = shapeInput(run, lane, { ...state, ...only('Assign', assign) }, selected);
  return leave(lane, { Next: target }, made.output, made.assigned);
}

function* chooseByCondition(run: Run, lane: Lane, state: ChoiceState, input: Payload): Flow<Transition> {
  const states = { input: input.value };
  for (const [at, rule] of state.Choices.entries()) {
    const field = `Choices[${at}]/Condition`;
    const condition = rule.Condition ?? false;
    const value = yield* evaluateField(lane, condition, field, () => bindings(run, lane, states));
    if (typeof value !== 'boolean') throw queryFailure(lane, field, unexpectedType(condition, field, 'boolean', value));
    if (!value) continue;
    const made = yield* evaluateMade(run, lane, rule, input, states, `Choices[${at}]/`);
    return leave(lane, { Next: rule.Next }, made.output, made.assigned);
  }
  const target = targetOf(lane, state, undefined);
  const made = yield* evaluateMade(run, lane, state, input, states);
  return leave(lane, { Next: target }, made.output, made.assigned);
}

function targetOf(lane: Lane, state: ChoiceState, rule: ChoiceRule | undefined): string {
  const target = rule?.Next ?? state.Default;
  if (target === undefined) throw fault(lane, 'Failed to transition out of the state. The state does not point to a next state.');
  return target;
}

function only(name: 'Assign', value: JsonObject | undefined): { readonly Assign?: JsonObject } {
  return value === undefined ? { [name]: {} as JsonObject } : { [name]: value };
}
