import type { TaskState } from '../../asl/definition.ts';
import { parseResource, type Resource } from '../../integrations/resource.ts';
import type { Json, JsonObject, Payload } from '../../json.ts';
import { attemptUntilDone } from '../attempts.ts';
import { effectiveInput, selectInput } from '../data.ts';
import { awaitCompletion, callTask, type Flow, type TaskCall, turn } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { numberIn } from '../numbers.ts';
import { bindings, evaluateField, fault, fillIn, languageOf, sight } from '../query.ts';
import type { Run } from '../run.ts';
import type { Transition } from '../transition.ts';
import { taskEvents } from './task-events.ts';

export function* taskState(run: Run, lane: Lane, state: TaskState, input: Payload): Flow<Transition> {
  yield* turn();
  const parsed = parseResource(state.Resource);
  if (!parsed.ok) throw fault(lane, parsed.problem);
  const { resource } = parsed;
  return yield* attemptUntilDone(
    run,
    lane,
    state,
    input,
    () => work(run, lane, state, resource, input),
    () => {
      // The failure of the last attempt is in the history already.
    },
  );
}

function* work(run: Run, lane: Lane, state: TaskState, resource: Resource, input: Payload): Flow<Payload> {
  lane.taskToken = resource.pattern === 'waitForTaskToken' ? newToken(run) : undefined;
  const parameters = yield* effectiveInput(run, lane, state, input);
  const call = yield* describeCall(run, lane, state, resource, input, parameters);
  const events = taskEvents(lane, resource);
  events.scheduled(call, run.identity.roleArn);
  if (resource.kind !== 'activity') events.started();
  const answer = yield* callTask(call);
  const submits = resource.kind === 'activity' || resource.pattern !== 'requestResponse';
  if (!submits) return events.ended(answer);
  if (answer.kind !== 'succeeded' && answer.kind !== 'started') return events.ended(answer);
  if (answer.kind === 'succeeded') events.submitted(answer.output);
  else events.started(answer.workerName);
  return events.ended(yield* awaitCompletion(call));
}

function* describeCall(run: Run, lane: Lane, state: TaskState, resource: Resource, input: Payload, parameters: Payload): Flow<TaskCall> {
  const selected = languageOf(state, lane) === 'JSONata' ? input : selectInput(run, lane, state.InputPath, input);
  const timeout = { value: state.TimeoutSeconds, path: state.TimeoutSecondsPath, kind: 'integer' } as const;
  const heartbeat = { value: state.HeartbeatSeconds, path: state.HeartbeatSecondsPath, kind: 'integer' } as const;
  const timeoutSeconds = yield* numberIn(run, lane, state, { name: 'TimeoutSeconds', ...timeout }, selected);
  const heartbeatSeconds = yield* numberIn(run, lane, state, { name: 'HeartbeatSeconds', ...heartbeat }, selected);
  const roleArn = (yield* credentials(run, lane, state, selected)) ?? run.identity.roleArn;
  return {
    resource,
    parameters,
    roleArn,
    token: lane.taskToken ?? (resource.kind === 'activity' ? newToken(run) : undefined),
    timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
    heartbeatMs: heartbeatSeconds === undefined ? undefined : heartbeatSeconds * 1000,
  };
}

/** The role that `Credentials` names. */
function* credentials(run: Run, lane: Lane, state: TaskState, input: Payload): Flow<string | undefined> {
  if (state.Credentials === undefined) return undefined;
  const value: Json =
    languageOf(state, lane) === 'JSONata'
      ? yield* evaluateField(lane, state.Credentials, 'Credentials', () => bindings(run, lane, { input: input.value }))
      : fillIn(lane, state.Credentials, sight(run, lane, input.value));
  const role = (value as JsonObject).RoleArn;
  return typeof role === 'string' ? role : undefined;
}

/** A token as long as AWS's: callers keep it in columns and headers of their own. */
function newToken(run: Run): string {
  const parts = Array.from({ length: 12 }, () => run.surroundings.uuid().replaceAll('-', ''));
  return `AQCEAAAAKgAAAAMAAAAAAAAAA${Buffer.from(parts.join(''), 'hex').toString('base64url')}`;
}
