import { AwsError, type Kernel } from '../../../kernel/index.ts';
import type { Execution } from './execution.ts';

/** Data beyond this is left out of an event, as one event must stay below 256 kB. */
const DATA_LIMIT = 240_000;
const RETRY_MS = [1000, 5000, 30_000];

/**
 * Tells the default event bus that an execution started or ended, as AWS does for Standard workflows (source `aws.states`).
 * Delivery is best effort, as theirs: a refusal is tried again a few times.
 */
export function announce(kernel: Kernel, execution: Execution): void {
  if (execution.machine.type === 'EXPRESS' || !hasEvents(kernel)) return;
  const entry = {
    Source: 'aws.states',
    DetailType: 'Step Functions Execution Status Change',
    Detail: JSON.stringify(detail(execution)),
    Resources: [execution.identity.executionArn],
    Time: new Date(kernel.now()),
  };
  const attempt = (number: number): void => {
    kernel
      .call({ service: 'events', operation: 'PutEvents', input: { Entries: [entry] }, principal: 'states.amazonaws.com' })
      .then((output) => {
        if ((output as { FailedEntryCount?: number }).FailedEntryCount) retry(number, undefined);
      })
      .catch((error: unknown) => retry(number, error));
  };
  const retry = (number: number, error: unknown): void => {
    const delay = RETRY_MS[number];
    const surfaced = error !== undefined && !(error instanceof AwsError);
    if (surfaced) {
      kernel.after(0, () => {
        throw error;
      });
    } else if (delay !== undefined) kernel.after(delay, () => attempt(number + 1), { label: 'execution status event' });
  };
  attempt(0);
}

function hasEvents(kernel: Kernel): boolean {
  try {
    kernel.service('events');
    return true;
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}

function detail(execution: Execution): object {
  const { identity, output } = execution;
  const input = identity.input.text;
  const included = input.length + (output?.length ?? 0) <= DATA_LIMIT;
  return {
    executionArn: identity.executionArn,
    stateMachineArn: identity.stateMachineArn,
    name: identity.name,
    status: execution.status,
    startDate: identity.startedAt,
    stopDate: execution.stoppedAt ?? null,
    input: included ? input : null,
    output: included ? (output ?? null) : null,
    inputDetails: { included },
    outputDetails: output === undefined ? null : { included },
    error: execution.error ?? null,
    cause: execution.cause ?? null,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    redriveCount: 0,
    redriveDate: null,
  };
}
