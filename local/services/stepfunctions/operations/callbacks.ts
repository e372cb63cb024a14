import type {
  SendTaskFailureInput,
  SendTaskFailureOutput,
  SendTaskHeartbeatInput,
  SendTaskHeartbeatOutput,
  SendTaskSuccessInput,
  SendTaskSuccessOutput,
} from '@aws-sdk/client-sfn';
import { AwsError } from '../../../kernel/index.ts';
import type { Store } from '../executions/store.ts';
import type { PendingTask } from '../executions/tokens.ts';
import { isTooLarge, Payload, parseJson } from '../json.ts';
import { required } from './checks.ts';
import type { Services } from './context.ts';

export function sendTaskSuccess({ store }: Services, input: SendTaskSuccessInput): SendTaskSuccessOutput {
  const task = taskOf(store, input.taskToken);
  const text = required(input.output, 'output');
  const parsed = parseJson(text);
  if (!parsed.ok) throw new AwsError('InvalidOutput', `Invalid Output: '${parsed.problem}'`);
  if (isTooLarge(text)) throw new AwsError('InvalidOutput', "Invalid Output: 'The output is larger than 262144 bytes'");
  finish(task.complete({ kind: 'succeeded', output: Payload.written(parsed.value, text) }));
  return {};
}

export function sendTaskFailure({ store }: Services, input: SendTaskFailureInput): SendTaskFailureOutput {
  finish(taskOf(store, input.taskToken).complete({ kind: 'failed', error: input.error, cause: input.cause }));
  return {};
}

export function sendTaskHeartbeat({ store }: Services, input: SendTaskHeartbeatInput): SendTaskHeartbeatOutput {
  taskOf(store, input.taskToken).heartbeat();
  return {};
}

function taskOf(store: Store, token: string | undefined): PendingTask {
  const task = store.tokens.get(required(token, 'taskToken'));
  if (task === 'over') throw timedOut();
  if (!task) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  return task;
}

function finish(done: boolean): void {
  if (!done) throw timedOut();
}

/** What AWS says of a task that is over, however it ended. */
function timedOut(): AwsError {
  return new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}
