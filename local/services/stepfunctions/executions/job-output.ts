import { type Json, type JsonObject, parseJson } from '../json.ts';
import type { Execution } from './execution.ts';

/**
 * What `startExecution.sync` yields of the execution that it waited for.
 *
 * @param parsed `.sync:2`: input and output as JSON, not as text
 */
export function jobOutput(execution: Execution, parsed: boolean): JsonObject {
  const { identity } = execution;
  const data = (text: string): Json => {
    const value = parsed ? parseJson(text) : undefined;
    return value?.ok ? value.value : text;
  };
  return {
    ...(execution.cause === undefined ? {} : { Cause: execution.cause }),
    ...(execution.error === undefined ? {} : { Error: execution.error }),
    ExecutionArn: identity.executionArn,
    Input: data(identity.input.text),
    InputDetails: { Included: true },
    Name: identity.name,
    ...(execution.output === undefined ? {} : { Output: data(execution.output), OutputDetails: { Included: true } }),
    RedriveCount: 0,
    RedriveStatus: execution.status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
    ...(execution.status === 'SUCCEEDED' ? { RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' } : {}),
    StartDate: identity.startedAt,
    StateMachineArn: identity.stateMachineArn,
    Status: execution.status,
    StopDate: execution.stoppedAt ?? identity.startedAt,
  };
}
