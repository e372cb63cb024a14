import { parseResource } from '../integrations/resource.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import { checkExpressions, checkPaths } from './check-queries.ts';
import type { QueryLanguage, StateType } from './definition.ts';
import { type Diagnostic, schemaError } from './diagnostic.ts';
import { hasField, STATE_TYPES } from './fields.ts';
import { parseTimestamp } from './timestamp.ts';

/** Everything that is wrong with a definition, in AWS's terms. */
export function checkDefinition(definition: Json): Diagnostic[] {
  if (!isObject(definition)) return [schemaError('The definition must be a JSON object', '/')];
  const found: Diagnostic[] = [];
  const timeout = definition.TimeoutSeconds;
  if (timeout !== undefined && (typeof timeout !== 'number' || timeout <= 0 || !Number.isInteger(timeout))) {
    found.push(schemaError('The value for the field TimeoutSeconds must be a positive integer', '/TimeoutSeconds'));
  }
  checkWorkflow(definition, '', language(definition, 'JSONPath'), found);
  return found;
}

function language(owner: JsonObject, around: QueryLanguage): QueryLanguage {
  return owner.QueryLanguage === 'JSONata' ? 'JSONata' : owner.QueryLanguage === 'JSONPath' ? 'JSONPath' : around;
}

function checkWorkflow(workflow: JsonObject, at: string, around: QueryLanguage, found: Diagnostic[]): void {
  const { StartAt: start, States: states } = workflow;
  const missing = ['StartAt', 'States'].filter((name) => workflow[name] === undefined);
  if (missing.length > 0) found.push(schemaError(`These fields are required: [${missing.join(', ')}]`, at || '/'));
  if (!isObject(states)) return;
  const targets: string[] = [];
  if (typeof start === 'string') {
    targets.push(start);
    if (!Object.hasOwn(states, start)) found.push(missingTarget('StartAt', start, `${at}/StartAt`));
  }
  let ends = false;
  for (const [name, state] of Object.entries(states)) {
    const location = `${at}/States/${name}`;
    if (!isObject(state)) {
      found.push(schemaError('A state must be a JSON object', location));
      continue;
    }
    if (name.length > 80) found.push(schemaError('The name of a state must not be longer than 80 characters', location));
    ends ||= state.End === true || state.Type === 'Succeed' || state.Type === 'Fail';
    for (const [field, target] of transitions(state)) {
      targets.push(target);
      if (!Object.hasOwn(states, target))
        found.push(missingTarget(field.slice(field.lastIndexOf('/') + 1), target, `${location}/${field}`));
    }
    checkState(state, location, around, found);
  }
  if (!ends) found.push({ severity: 'ERROR', code: 'MISSING_END_STATE', message: 'Workflow has no terminal state', location: at || null });
  for (const name of Object.keys(states)) {
    if (targets.includes(name)) continue;
    const message = `State "${name}" is not reachable.`;
    found.push({ severity: 'ERROR', code: 'MISSING_TRANSITION_TARGET', message, location: `${at}/States/${name}` });
  }
}

function missingTarget(field: string, target: string, location: string): Diagnostic {
  return { severity: 'ERROR', code: 'MISSING_TRANSITION_TARGET', message: `Missing '${field}' target: ${target}`, location };
}

function transitions(state: JsonObject): [field: string, target: string][] {
  const found: [string, string][] = [];
  const add = (owner: JsonObject, name: string, prefix = ''): void => {
    const target = owner[name];
    if (typeof target === 'string') found.push([`${prefix}${name}`, target]);
  };
  add(state, 'Next');
  add(state, 'Default');
  for (const list of ['Choices', 'Catch'] as const) {
    const entries = state[list];
    if (isArray(entries)) for (const [at, entry] of entries.entries()) if (isObject(entry)) add(entry, 'Next', `${list}/${at}/`);
  }
  return found;
}

function checkState(state: JsonObject, at: string, around: QueryLanguage, found: Diagnostic[]): void {
  const type = state.Type;
  if (typeof type !== 'string' || !STATE_TYPES.includes(type as StateType)) {
    found.push(schemaError(`The value for the field Type must be one of the values: [${STATE_TYPES.join(', ')}]`, `${at}/Type`));
    return;
  }
  const own = language(state, around);
  if (own === 'JSONPath' && around === 'JSONata') {
    found.push(schemaError("The QueryLanguage can't be JSONPath where the state machine's is JSONata", `${at}/QueryLanguage`));
  }
  for (const name of Object.keys(state)) {
    if (!hasField(type as StateType, own, name)) found.push(schemaError(`Field '${name}' is not supported`, at));
  }
  checkShape(type as StateType, state, at, own, found);
  if (own === 'JSONata') checkExpressions(state, at, found);
  else checkPaths(state, at, found);
}

function checkShape(type: StateType, state: JsonObject, at: string, own: QueryLanguage, found: Diagnostic[]): void {
  const moves = type !== 'Choice' && type !== 'Succeed' && type !== 'Fail';
  if (moves && state.Next === undefined && state.End !== true) found.push(schemaError('These fields are required: [Next]', at));
  if (moves && state.Next !== undefined && state.End === true) found.push(schemaError("'Next' and 'End' can't both be given", at));
  switch (type) {
    case 'Task':
      checkResource(state.Resource, at, found);
      break;
    case 'Choice':
      if (!isArray(state.Choices) || state.Choices.length === 0) found.push(schemaError('These fields are required: [Choices]', at));
      else for (const [index, rule] of state.Choices.entries()) checkRule(rule, `${at}/Choices/${index}`, own, found);
      break;
    case 'Wait':
      checkWait(state, at, own, found);
      break;
    case 'Parallel':
      if (!isArray(state.Branches)) found.push(schemaError('These fields are required: [Branches]', at));
      else checkBranches(state.Branches, at, own, found);
      break;
    case 'Map': {
      const processor = state.ItemProcessor ?? state.Iterator;
      if (isObject(processor))
        checkWorkflow(processor, `${at}/${state.ItemProcessor ? 'ItemProcessor' : 'Iterator'}`, language(processor, own), found);
      else found.push(schemaError('These fields are required: [ItemProcessor]', at));
      break;
    }
    default:
      break;
  }
}

function checkBranches(branches: readonly Json[], at: string, own: QueryLanguage, found: Diagnostic[]): void {
  for (const [index, branch] of branches.entries()) {
    if (isObject(branch)) checkWorkflow(branch, `${at}/Branches/${index}`, language(branch, own), found);
  }
}

function checkResource(resource: Json | undefined, at: string, found: Diagnostic[]): void {
  if (typeof resource !== 'string') {
    found.push(schemaError('These fields are required: [Resource]', at));
    return;
  }
  const parsed = parseResource(resource);
  if (!parsed.ok) found.push(schemaError(parsed.problem, `${at}/Resource`));
}

function checkRule(rule: Json, at: string, own: QueryLanguage, found: Diagnostic[]): void {
  if (!isObject(rule)) return;
  if (rule.Next === undefined) found.push(schemaError('These fields are required: [Next]', at));
  if (own === 'JSONata' && rule.Condition === undefined) found.push(schemaError('These fields are required: [Condition]', at));
}

function checkWait(state: JsonObject, at: string, own: QueryLanguage, found: Diagnostic[]): void {
  const given = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'].filter((name) => state[name] !== undefined);
  if (given.length !== 1) {
    found.push(schemaError('A state of type Wait must have exactly one of [Seconds, SecondsPath, Timestamp, TimestampPath]', at));
  }
  const { Timestamp: timestamp, Seconds: seconds } = state;
  const literal = typeof timestamp === 'string' && !(own === 'JSONata' && timestamp.startsWith('{%'));
  if (literal && parseTimestamp(timestamp) === undefined) {
    found.push(schemaError('The value for the field Timestamp must be a valid ISO-8601 extended offset date-time', `${at}/Timestamp`));
  }
  if (typeof seconds === 'number' && (seconds < 0 || seconds > 99_999_999)) {
    found.push(schemaError('The value for the field Seconds must be between 0 and 99999999', `${at}/Seconds`));
  }
}
