import type { HistoryEventType } from '@aws-sdk/client-sfn';
import { REGION } from '../../../../kernel/index.ts';
import type { Resource } from '../../integrations/resource.ts';
import type { Payload } from '../../json.ts';
import { ERRORS, StateFailure } from '../failure.ts';
import type { TaskAnswer, TaskCall } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { tooLarge } from '../transition.ts';

/** The events of one task, by what kind of resource does it. */
export interface TaskEvents {
  scheduled(call: TaskCall, ownRole: string): void;
  started(workerName?: string): void;
  submitted(output: Payload): void;
  /** Records the end. @returns the result @throws StateFailure when there is none */
  ended(answer: TaskAnswer): Payload;
}

export function taskEvents(lane: Lane, resource: Resource): TaskEvents {
  const prefix = resource.kind === 'function' ? 'LambdaFunction' : resource.kind === 'activity' ? 'Activity' : 'Task';
  const about = resource.kind === 'service' ? { resourceType: resource.service, resource: resource.api } : {};
  const record = (suffix: string, details?: Readonly<Record<string, unknown>>): void => {
    lane.record(`${prefix}${suffix}` as HistoryEventType, details);
  };
  return {
    scheduled: (call, ownRole) => record('Scheduled', scheduledDetails(resource, call, ownRole)),
    started: (workerName) => {
      if (resource.kind === 'function') record('Started');
      else record('Started', resource.kind === 'activity' ? { workerName } : about);
    },
    submitted: (output) => record('Submitted', { ...about, output: output.text }),
    ended: (answer) => {
      if (answer.kind === 'succeeded') {
        if (answer.output.tooLarge) {
          const failure = tooLarge(resource.arn);
          record('Failed', { ...about, error: failure.error, cause: failure.reason });
          throw failure;
        }
        record('Succeeded', { ...about, output: answer.output.text });
        return answer.output;
      }
      if (answer.kind === 'failed') {
        record('Failed', { ...about, error: answer.error, cause: answer.cause });
        throw new StateFailure(answer.error, answer.cause);
      }
      record('TimedOut', { ...about, error: ERRORS.timeout });
      throw new StateFailure(ERRORS.timeout, undefined, answer.kind === 'timedOut' && answer.heartbeat);
    },
  };
}

function scheduledDetails(resource: Resource, call: TaskCall, ownRole: string): Readonly<Record<string, unknown>> {
  const timeoutInSeconds = call.timeoutMs === undefined ? undefined : call.timeoutMs / 1000;
  const heartbeatInSeconds = call.heartbeatMs === undefined ? undefined : call.heartbeatMs / 1000;
  const taskCredentials = call.roleArn === ownRole ? undefined : { roleArn: call.roleArn };
  if (resource.kind === 'function') return { resource: resource.arn, input: call.parameters.text, timeoutInSeconds, taskCredentials };
  if (resource.kind === 'activity') return { resource: resource.arn, input: call.parameters.text, timeoutInSeconds, heartbeatInSeconds };
  return {
    resourceType: resource.service,
    resource: resource.api,
    region: REGION,
    parameters: call.parameters.text,
    timeoutInSeconds,
    heartbeatInSeconds,
    taskCredentials,
  };
}
