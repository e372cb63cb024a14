import type {
  DescribeExecutionInput,
  DescribeExecutionOutput,
  ListExecutionsInput,
  ListExecutionsOutput,
  StartExecutionInput,
  StartExecutionOutput,
  StartSyncExecutionInput,
  StartSyncExecutionOutput,
  StopExecutionInput,
  StopExecutionOutput,
} from '@aws-sdk/client-sfn';
import { AwsError } from '../../../kernel/index.ts';
import type { Execution } from '../executions/execution.ts';
import { startExecution as begin } from '../executions/executions.ts';
import { isTooLarge, Payload, parseJson } from '../json.ts';
import { checkArn, checkName } from './checks.ts';
import type { Services } from './context.ts';
import { pageOf, withToken } from './pages.ts';
import { machineFor } from './versions.ts';

export function startExecution(services: Services, input: StartExecutionInput): StartExecutionOutput {
  const { execution } = start(services, input);
  return { executionArn: execution.identity.executionArn, startDate: new Date(execution.identity.startedAt) };
}

/** Runs an Express execution and answers with how it ended. */
export function startSyncExecution(services: Services, input: StartSyncExecutionInput): Promise<StartSyncExecutionOutput> {
  const { machine } = machineFor(services.store, checkArn(input.stateMachineArn, 'stateMachine'));
  if (machine.type !== 'EXPRESS') {
    throw new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
  }
  const { execution } = start(services, input);
  return new Promise((resolve) => execution.onEnd.push((ended) => resolve(syncOutput(services, ended))));
}

function syncOutput({ kernel }: Services, execution: Execution): StartSyncExecutionOutput {
  const { identity, status } = execution;
  return {
    executionArn: identity.executionArn,
    stateMachineArn: identity.stateMachineArn,
    name: identity.name,
    startDate: new Date(identity.startedAt),
    stopDate: new Date(execution.stoppedAt ?? kernel.now()),
    status: status === 'SUCCEEDED' || status === 'TIMED_OUT' ? status : 'FAILED',
    input: identity.input.text,
    inputDetails: { included: true },
    ...outcome(execution),
    billingDetails: {
      billedMemoryUsedInMB: 64,
      billedDurationInMilliseconds: Math.max(100, (execution.stoppedAt ?? 0) - identity.startedAt),
    },
  };
}

function outcome(execution: Execution): Pick<DescribeExecutionOutput, 'output' | 'outputDetails' | 'error' | 'cause'> {
  return {
    ...(execution.output === undefined ? {} : { output: execution.output, outputDetails: { included: true } }),
    ...(execution.error === undefined ? {} : { error: execution.error }),
    ...(execution.cause === undefined ? {} : { cause: execution.cause }),
  };
}

function start(services: Services, input: StartExecutionInput | StartSyncExecutionInput): { execution: Execution } {
  const { kernel, store } = services;
  const { machine, revision } = machineFor(store, checkArn(input.stateMachineArn, 'stateMachine'), kernel.random());
  if (machine.deleting) throw new AwsError('StateMachineDeleting', `State Machine is being deleted: '${machine.arn}'`);
  const name = input.name === undefined ? kernel.uuid() : checkName(input.name);
  const text = input.input ?? '{}';
  const parsed = parseJson(text);
  if (!parsed.ok) throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${parsed.problem}'`);
  if (isTooLarge(text)) {
    const what =
      "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144";
    throw new AwsError('ValidationException', what);
  }
  const express = machine.type === 'EXPRESS';
  const base = machine.arn.replace(':stateMachine:', express ? ':express:' : ':execution:');
  const executionArn = express ? `${base}:${name}:${kernel.uuid()}` : `${base}:${name}`;
  const existing = store.executions.get(executionArn);
  if (existing) {
    if (existing.status === 'RUNNING' && existing.identity.input.text === text) return { execution: existing };
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
  }
  const identity = {
    executionArn,
    name,
    startedAt: kernel.now(),
    input: Payload.written(parsed.value, text),
    roleArn: revision.roleArn,
    stateMachineArn: machine.arn,
    stateMachineName: machine.name,
  };
  return { execution: begin(kernel, store, { machine, revision, identity, traceHeader: input.traceHeader }) };
}

export function describeExecution({ store }: Services, input: DescribeExecutionInput): DescribeExecutionOutput {
  const execution = store.execution(checkArn(input.executionArn, 'execution'));
  const { identity, status } = execution;
  const redrivable = status === 'FAILED' || status === 'ABORTED' || status === 'TIMED_OUT';
  return {
    executionArn: identity.executionArn,
    stateMachineArn: identity.stateMachineArn,
    name: identity.name,
    status,
    startDate: new Date(identity.startedAt),
    ...(execution.stoppedAt === undefined ? {} : { stopDate: new Date(execution.stoppedAt) }),
    input: identity.input.text,
    inputDetails: { included: true },
    ...outcome(execution),
    ...(execution.traceHeader === undefined ? {} : { traceHeader: execution.traceHeader }),
    redriveCount: 0,
    redriveStatus: redrivable ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...(redrivable ? {} : { redriveStatusReason: `Execution is ${status} and cannot be redriven` }),
  };
}

/** Newest first. */
export function listExecutions({ store }: Services, input: ListExecutionsInput): ListExecutionsOutput {
  const machine = store.machine(checkArn(input.stateMachineArn, 'stateMachine'));
  if (machine.type === 'EXPRESS') {
    throw new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
  }
  const all = input.statusFilter ? machine.executions.filter((each) => each.status === input.statusFilter) : machine.executions;
  const page = pageOf(input, all.length);
  const newest = all.slice(all.length - page.to, all.length - page.from).reverse();
  return {
    executions: newest.map(({ identity, status, stoppedAt }) => ({
      executionArn: identity.executionArn,
      stateMachineArn: identity.stateMachineArn,
      name: identity.name,
      status,
      startDate: new Date(identity.startedAt),
      ...(stoppedAt === undefined ? {} : { stopDate: new Date(stoppedAt) }),
    })),
    ...withToken(page.nextToken),
  };
}

/** Stops an execution; one that has ended stays as it is. */
export function stopExecution({ kernel, store }: Services, input: StopExecutionInput): StopExecutionOutput {
  const execution = store.execution(checkArn(input.executionArn, 'execution'));
  execution.stop?.({ status: 'ABORTED', error: input.error, cause: input.cause });
  return { stopDate: new Date(execution.stoppedAt ?? kernel.now()) };
}
