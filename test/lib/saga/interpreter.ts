import jsonata from 'jsonata';

/*
 * A small interpreter of the part of Amazon States Language that sagas compile to, written from the language's specification
 * (https://states-language.net) and independent of the local cloud's, so that the two can disagree.
 */

export class TaskError extends Error {
  readonly error: string;
  constructor(error: string, cause = '') {
    super(cause);
    this.error = error;
  }
}

type Json = Record<string, unknown>;

export interface Run {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly last: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly path: readonly string[];
}

export type Tasks = (resource: string, argument: Json, attempt: number) => unknown;

interface Rule {
  readonly ErrorEquals?: readonly string[];
  readonly MaxAttempts?: number;
  readonly Condition?: string;
  readonly Output?: unknown;
  readonly Next: string;
}

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Resource?: string;
  readonly Arguments?: unknown;
  readonly Output?: unknown;
  readonly Retry?: readonly Rule[];
  readonly Catch?: readonly Rule[];
  readonly Choices?: readonly Rule[];
  readonly Default?: string;
  readonly Error?: unknown;
  readonly Cause?: unknown;
}

export async function interpret(
  definition: { readonly StartAt: string; readonly States: Readonly<Record<string, object>> },
  input: unknown,
  tasks: Tasks,
  execution = 'execution-1',
): Promise<Run> {
  const path: string[] = [];
  let data = input;
  let name = definition.StartAt;
  for (let moves = 0; moves < 500; moves += 1) {
    const state = definition.States[name] as State | undefined;
    if (!state) throw new Error(`No state ${name}`);
    path.push(name);
    const context = { Execution: { Name: execution, Id: `arn:${execution}`, Input: input }, State: { Name: name, RetryCount: 0 } };
    const states = { input: data, context };
    if (state.Type === 'Succeed') return { status: 'SUCCEEDED', last: name, output: await fill(state.Output, states), path };
    if (state.Type === 'Fail') {
      return {
        status: 'FAILED',
        last: name,
        error: String(await fill(state.Error, states)),
        cause: String(await fill(state.Cause, states)),
        path,
      };
    }
    if (state.Type === 'Choice') {
      let next = state.Default;
      for (const rule of state.Choices ?? []) {
        const holds = await evaluate(rule.Condition ?? '', states);
        if (holds === true) {
          next = rule.Next;
          break;
        }
        // AWS fails the state when a condition is not a boolean.
        if (holds !== false) throw new Error(`${name}: ${rule.Condition} is ${String(holds)}, not a boolean`);
      }
      if (!next) return { status: 'FAILED', last: name, error: 'States.NoChoiceMatched', path };
      name = next;
      continue;
    }
    const outcome = await runTask(state, states, tasks);
    if (outcome.failed) {
      const catcher = state.Catch?.find((rule) => matches(rule, outcome.failed.error));
      if (!catcher) return { status: 'FAILED', last: name, error: outcome.failed.error, cause: outcome.failed.message, path };
      const errorOutput = { Error: outcome.failed.error, Cause: outcome.failed.message };
      data = await fill(catcher.Output, { ...states, errorOutput });
      name = catcher.Next;
      continue;
    }
    data = outcome.output;
    name = state.Next ?? '';
  }
  throw new Error(`The execution does not end: ${path.slice(-10).join(' → ')}`);
}

type TaskOutcome = { readonly failed: TaskError; readonly output?: undefined } | { readonly failed?: undefined; readonly output: unknown };

async function runTask(state: State, states: { context: { State: { RetryCount: number } } }, tasks: Tasks): Promise<TaskOutcome> {
  const used = new Map<Rule, number>();
  for (;;) {
    try {
      const argument = (await fill(state.Arguments, states)) as Json;
      const result = tasks(state.Resource ?? '', structuredClone(argument), states.context.State.RetryCount);
      return { output: await fill(state.Output, { ...states, result: JSON.parse(JSON.stringify(result)) }) };
    } catch (error) {
      const failed = error instanceof TaskError ? error : new TaskError('States.QueryEvaluationError', String(error));
      const retrier = state.Retry?.find((rule) => matches(rule, failed.error));
      const count = retrier ? (used.get(retrier) ?? 0) : 0;
      if (!retrier || count >= (retrier.MaxAttempts ?? 3)) return { failed };
      used.set(retrier, count + 1);
      states.context.State.RetryCount += 1;
    }
  }
}

/** `States.ALL` matches all but what may not be caught by it; `States.TaskFailed` all but a timeout. */
function matches(rule: Rule, error: string): boolean {
  return (rule.ErrorEquals ?? []).some((name) => name === error || (name === 'States.ALL' && error !== 'States.DataLimitExceeded'));
}

async function fill(template: unknown, states: object): Promise<unknown> {
  if (typeof template === 'string') {
    if (!template.startsWith('{%')) return template;
    const value = await evaluate(template, states);
    if (value === undefined) throw new Error(`undefined: ${template}`);
    return value;
  }
  if (Array.isArray(template)) return Promise.all(template.map((entry) => fill(entry, states)));
  if (template !== null && typeof template === 'object') {
    const entries = await Promise.all(Object.entries(template).map(async ([key, value]) => [key, await fill(value, states)] as const));
    return Object.fromEntries(entries);
  }
  return template;
}

const compiled = new Map<string, ReturnType<typeof jsonata>>();

async function evaluate(expression: string, states: object): Promise<unknown> {
  const source = expression.slice(2, -2).trim();
  const program = compiled.get(source) ?? jsonata(source);
  compiled.set(source, program);
  const value = await program.evaluate(undefined, { states });
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
