import { isIntrinsic, parseIntrinsic } from '../intrinsics/parse.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import { compile } from '../jsonata/evaluate.ts';
import { expressionIn } from '../jsonata/template.ts';
import { parsePath } from '../paths/parse-path.ts';
import { variableOf } from '../paths/reader.ts';
import { type Diagnostic, schemaError } from './diagnostic.ts';

/** Parts of a state that are states of their own, and are checked as such. */
const NESTED = ['Branches', 'ItemProcessor', 'Iterator'];
/** Fields whose value is a path though it stands outside a payload template. */
const PATH_FIELDS = [
  'InputPath',
  'OutputPath',
  'ItemsPath',
  'ResultPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
];
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign', 'Credentials'];

/** JSONata expressions that do not parse. */
export function checkExpressions(state: JsonObject, at: string, found: Diagnostic[]): void {
  for (const [name, value] of Object.entries(state)) if (!NESTED.includes(name)) checkExpression(value, `${at}/${name}`, found);
}

function checkExpression(value: Json, at: string, found: Diagnostic[]): void {
  const expression = expressionIn(value);
  if (expression !== undefined) {
    try {
      compile(expression);
    } catch (error) {
      found.push(schemaError(String((error as { message?: string }).message ?? error), at));
    }
  } else if (isArray(value)) for (const [index, item] of value.entries()) checkExpression(item, `${at}[${index}]`, found);
  else if (isObject(value)) for (const [name, item] of Object.entries(value)) checkExpression(item, `${at}/${name}`, found);
}

/** Paths and intrinsic functions that do not parse. */
export function checkPaths(state: JsonObject, at: string, found: Diagnostic[]): void {
  for (const name of PATH_FIELDS) {
    const path = state[name];
    if (typeof path === 'string' && !isReadable(path)) found.push(schemaError('Value is not a valid JSONPath', `${at}/${name}`));
  }
  for (const name of TEMPLATES) checkTemplate(state[name], `${at}/${name}`, found);
}

function checkTemplate(template: Json | undefined, at: string, found: Diagnostic[]): void {
  if (isArray(template)) {
    for (const item of template) checkTemplate(item, at, found);
    return;
  }
  if (!isObject(template)) return;
  for (const [name, value] of Object.entries(template)) {
    if (!name.endsWith('.$')) checkTemplate(value, at, found);
    else if (typeof value !== 'string' || !isReadable(value)) {
      found.push(schemaError(`The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`, at));
    }
  }
}

function isReadable(text: string): boolean {
  try {
    if (isIntrinsic(text)) parseIntrinsic(text);
    else {
      const inner = text.startsWith('$$') ? text.slice(1) : text;
      const variable = variableOf(inner);
      parsePath(variable === undefined ? inner : `$${inner.slice(variable.length + 1)}`);
    }
    return true;
  } catch {
    return false;
  }
}
