import type { Resource } from '../integrations/resource.ts';
import type { Payload } from '../json.ts';
import type { Bindings, Evaluated, Evaluation } from '../jsonata/evaluate.ts';
import type { Lane } from './lane.ts';

/** Work that a Task state hands to the outside. Durations in milliseconds. */
export interface TaskCall {
  readonly resource: Resource;
  readonly parameters: Payload;
  /** The role that calls. */
  readonly roleArn: string;
  /** Token that a callback names. @default the task is no callback */
  readonly token: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly heartbeatMs: number | undefined;
}

/** How a task's call, or what it started, ended. */
export type TaskAnswer =
  | { readonly kind: 'succeeded'; readonly output: Payload }
  | { readonly kind: 'failed'; readonly error: string | undefined; readonly cause: string | undefined }
  | { readonly kind: 'timedOut'; readonly heartbeat: boolean }
  /** An activity's worker took the task. */
  | { readonly kind: 'started'; readonly workerName: string | undefined };

/** What a flow waits for. `turn`: that the others, which are ready too, had theirs. */
export type Request =
  | { readonly kind: 'turn' }
  | { readonly kind: 'evaluate'; readonly list: readonly Evaluation[]; readonly bindings: Bindings }
  | { readonly kind: 'sleep'; readonly until: number }
  | { readonly kind: 'call'; readonly call: TaskCall }
  /** What a call started (a job, a callback, an activity) is to end. */
  | { readonly kind: 'completion'; readonly call: TaskCall }
  | { readonly kind: 'fork'; readonly fork: Fork };

export type Answer =
  | { readonly kind: 'turn' }
  | { readonly kind: 'evaluated'; readonly evaluated: Evaluated }
  | { readonly kind: 'awake' }
  | { readonly kind: 'answered'; readonly answer: TaskAnswer }
  | { readonly kind: 'joined' };

/** Children that run side by side, at most `limit` at once, until all are done or one makes the rest pointless. */
export interface Fork {
  readonly count: number;
  readonly limit: number;
  lane(index: number, freed: Lane | undefined): Lane;
  run(index: number, lane: Lane): Flow<Outcome>;
  /** Called as each child ends, in the order they end. @returns whether to go on; if not, the others are stopped */
  ended(index: number, lane: Lane, outcome: Outcome): boolean;
  /** Called as each child is stopped, after what it was doing was. */
  stopped?(index: number, lane: Lane): void;
  /** Whether a fault of the interpreter in a child ends that child only, as an execution of its own. */
  readonly contained: boolean;
}

export type Outcome =
  | { readonly ok: true; readonly output: Payload }
  | { readonly ok: false; readonly error: string | undefined; readonly cause: string | undefined; readonly heartbeat?: boolean };

/** A piece of the interpreter that pauses where it needs something, and goes on with the answer. */
export type Flow<Result> = Generator<Request, Result, Answer>;

/** Lets everything else that is ready go first, so that branches advance side by side. */
export function* turn(): Flow<void> {
  yield { kind: 'turn' };
}

export function* sleepUntil(until: number): Flow<void> {
  yield { kind: 'sleep', until };
}

export function* evaluateAll(list: readonly Evaluation[], bindings: Bindings): Flow<Evaluated> {
  const answer = yield { kind: 'evaluate', list, bindings };
  if (answer.kind !== 'evaluated') throw unexpected('evaluated', answer);
  return answer.evaluated;
}

export function* callTask(call: TaskCall): Flow<TaskAnswer> {
  return taskAnswer(yield { kind: 'call', call });
}

export function* awaitCompletion(call: TaskCall): Flow<TaskAnswer> {
  return taskAnswer(yield { kind: 'completion', call });
}

export function* forkAndJoin(fork: Fork): Flow<void> {
  yield { kind: 'fork', fork };
}

function taskAnswer(answer: Answer): TaskAnswer {
  if (answer.kind !== 'answered') throw unexpected('answered', answer);
  return answer.answer;
}

function unexpected(wanted: string, answer: Answer): Error {
  return new Error(`The interpreter was answered '${answer.kind}' where it waited for '${wanted}'.`);
}
