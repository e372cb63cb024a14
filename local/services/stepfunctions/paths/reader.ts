import { IntrinsicFailure } from '../intrinsics/failure.ts';
import { type Chance, FUNCTIONS } from '../intrinsics/functions.ts';
import { type Call, type Expression, isIntrinsic, parseIntrinsic, unescapeLiteral } from '../intrinsics/parse.ts';
import type { Json } from '../json.ts';
import { evaluatePath, type PathResult } from './evaluate-path.ts';
import { parsePath } from './parse-path.ts';

/** What paths and intrinsic functions can see. */
export interface Sight extends Chance {
  /** `$`: the state's input, or its result, as the field says. */
  readonly input: Json;
  /** `$$` */
  context(): Json;
  /** `$name`; undefined when no variable of that name was assigned. */
  variable(name: string): Json | undefined;
}

export type Read =
  | { readonly found: true; readonly value: Json; readonly absent?: boolean }
  | {
      readonly found: false;
      readonly problem: string;
      /** Where the path looked, for messages. */
      readonly document: Json;
      /** Set when a function failed, with what AWS says of it. */
      readonly failure?: string;
    };

const VARIABLE = /^\$([A-Za-z_][A-Za-z0-9_]*)/;

/** The name of the variable that a path begins with. */
export function variableOf(text: string): string | undefined {
  return VARIABLE.exec(text)?.[1];
}

/** Reads what a path (`$.a`), a context path (`$$.a`), a variable (`$a.b`) or an intrinsic function yields. */
export function read(text: string, sight: Sight): Read {
  if (isIntrinsic(text)) return callFunction(parseIntrinsic(text), sight);
  if (text.startsWith('$$')) return within(text.slice(1), sight.context());
  const name = variableOf(text);
  if (name === undefined) return within(text, sight.input);
  const value = sight.variable(name);
  if (value === undefined) return { found: false, problem: `Variable '${name}' is not assigned`, document: sight.input };
  return within(`$${text.slice(name.length + 1)}`, value);
}

function within(path: string, document: Json): Read {
  const result: PathResult = path === '$' ? { found: true, value: document, absent: false } : evaluatePath(parsePath(path), document);
  return result.found ? result : { ...result, document };
}

function callFunction(call: Call, sight: Sight): Read {
  const failed = (problem: string): Read => ({
    found: false,
    problem,
    document: sight.input,
    failure: `The function '${call.text}' had the following error: ${problem}`,
  });
  const known = FUNCTIONS[call.name];
  if (!known) return failed(`States.${call.name} is not an intrinsic function`);
  if (call.arguments.length < known.least || call.arguments.length > known.most) return failed('Invalid number of arguments');
  const values: Json[] = [];
  for (const argument of call.arguments) {
    const value = argumentValue(argument, call.name, sight);
    if (!value.found) return value.failure === undefined ? failed(missing(argument, value.document)) : value;
    values.push(value.value);
  }
  try {
    return { found: true, value: known.apply(values, sight) };
  } catch (error) {
    if (error instanceof IntrinsicFailure) return failed(error.message);
    throw error;
  }
}

function argumentValue(argument: Expression, caller: string, sight: Sight): Read {
  if (argument.kind === 'call') return callFunction(argument, sight);
  if (argument.kind === 'path') return read(argument.text, sight);
  const { value } = argument;
  return { found: true, value: typeof value === 'string' && caller !== 'Format' ? unescapeLiteral(value) : value };
}

function missing(argument: Expression, document: Json): string {
  const field = argument.kind === 'path' ? argument.text : '';
  return `The JsonPath argument for the field '${field}' could not be found in the input '${JSON.stringify(document)}'`;
}
