import { DEFAULT_RETRY_POLICY, deliver, type Exhausted, send, sendDeadLetter, targetKind } from '../../delivery/index.ts';
import { AwsError } from '../../kernel/index.ts';
import type { SchedulerScope } from './scope.ts';
import type { Schedule, ScheduleSettings } from './state.ts';
import { type Execution, executionInput, isoSeconds } from './target-input.ts';
import { isUniversal, parseUniversalTarget, universalCall } from './universal-target.ts';

const DROPPED_KEPT = 1_000;

/** Runs a schedule's target once, with the retries and the dead-letter queue that it has. */
export function invokeTarget(schedule: Schedule, scheduledAt: number, scope: SchedulerScope): void {
  const { kernel } = scope;
  const { Target: target } = schedule.settings;
  const execution: Execution = { id: kernel.uuid(), scheduledAt };
  let attempts = 0;
  deliver(kernel, {
    label: `scheduler: ${schedule.name} to ${target.Arn}`,
    policy: {
      maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_RETRY_POLICY.maximumRetryAttempts,
      maximumEventAgeInSeconds: target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_RETRY_POLICY.maximumEventAgeInSeconds,
    },
    attempt: () => {
      attempts += 1;
      return attempt(schedule.arn, target, executionInput(schedule, execution, attempts), execution, scope);
    },
    onExhausted: (exhausted) => abandon(exhausted, schedule, executionInput(schedule, execution, attempts), execution, scope),
  });
}

async function attempt(
  sourceArn: string,
  target: ScheduleSettings['Target'],
  payload: string,
  execution: Execution,
  { kernel }: SchedulerScope,
): Promise<void> {
  const from = { principal: target.RoleArn, sourceArn };
  if (isUniversal(target.Arn)) {
    const universal = parseUniversalTarget(target.Arn);
    if (!universal) throw new AwsError('ValidationException', `The local cloud cannot call ${target.Arn}.`);
    await kernel.call({ ...universalCall(universal, payload), ...from });
    return;
  }
  if (targetKind(target.Arn) === 'event-bus') {
    const { Source, DetailType } = target.EventBridgeParameters ?? {};
    const Entries = [{ EventBusName: target.Arn, Source, DetailType, Detail: payload }];
    const output = await kernel.call({ service: 'events', operation: 'PutEvents', input: { Entries }, ...from });
    const failed = (output as { Entries?: { ErrorCode?: string; ErrorMessage?: string }[] }).Entries?.find(({ ErrorCode }) => ErrorCode);
    if (failed) throw new AwsError(failed.ErrorCode ?? '', failed.ErrorMessage ?? '');
    return;
  }
  const group = target.SqsParameters?.MessageGroupId;
  await send(kernel, {
    arn: target.Arn,
    payload,
    ...from,
    partitionKey: target.KinesisParameters?.PartitionKey ?? execution.id,
    executionName: execution.id,
    ...(group === undefined ? {} : { messageGroupId: group }),
  });
}

/** An invocation that failed for good goes to the dead-letter queue with the payload that its target should have had. */
function abandon(
  { failure, retries, condition }: Exhausted,
  schedule: Schedule,
  payload: string,
  execution: Execution,
  scope: SchedulerScope,
): void {
  const { Target: target } = schedule.settings;
  const drop = (reason: string): void => {
    scope.dropped.push({ at: scope.kernel.now(), scheduleArn: schedule.arn, targetArn: target.Arn, reason });
    if (scope.dropped.length > DROPPED_KEPT) scope.dropped.shift();
  };
  const reason = `${failure.targetCode}: ${failure.message}`;
  const queueArn = target.DeadLetterConfig?.Arn;
  if (queueArn === undefined) {
    drop(reason);
    return;
  }
  sendDeadLetter(scope.kernel, {
    queueArn,
    body: payload,
    attributes: {
      ERROR_CODE: failure.targetCode,
      ERROR_MESSAGE: failure.message,
      EXECUTION_ID: execution.id,
      EXHAUSTED_RETRY_CONDITION: condition,
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: String(retries),
      SCHEDULED_TIME: isoSeconds(execution.scheduledAt),
      SCHEDULE_ARN: schedule.arn,
      TARGET_ARN: target.Arn,
    },
    principal: target.RoleArn,
    sourceArn: schedule.arn,
  }).catch((error: unknown) => {
    if (error instanceof AwsError) drop(`${reason}; and its dead-letter queue refused it: ${error.code}: ${error.message}`);
    else
      scope.kernel.after(0, () => {
        throw error;
      });
  });
}
