import type { Json, JsonObject, Payload } from '../json.ts';
import type { Surroundings } from '../jsonata/functions.ts';
import type { Lane } from './lane.ts';

/** Who and what an execution is, as its context object says. */
export interface Identity {
  readonly executionArn: string;
  readonly name: string;
  readonly startedAt: number;
  readonly input: Payload;
  readonly roleArn: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
}

/** One execution, to all its lanes: its identity, and the clock and chance it runs by. */
export interface Run {
  readonly identity: Identity;
  readonly surroundings: Surroundings;
}

/** The context object (`$$`, `$states.context`) as a lane sees it. */
export function contextObject(run: Run, lane: Lane): JsonObject {
  const { identity } = run;
  const state: Record<string, Json> = { EnteredTime: timestamp(lane.enteredAt), Name: lane.name };
  if (lane.type === 'Task' || lane.type === 'Parallel' || lane.type === 'Map') state.RetryCount = lane.retryCount;
  return {
    Execution: {
      Id: identity.executionArn,
      Input: identity.input.value,
      Name: identity.name,
      RoleArn: identity.roleArn,
      StartTime: timestamp(identity.startedAt),
      RedriveCount: 0,
    },
    StateMachine: { Id: identity.stateMachineArn, Name: identity.stateMachineName },
    State: state,
    ...(lane.item ? { Map: { Item: { Index: lane.item.Index, Value: lane.item.Value } } } : {}),
    ...(lane.taskToken === undefined ? {} : { Task: { Token: lane.taskToken } }),
  };
}

function timestamp(at: number): string {
  return new Date(at).toISOString();
}
