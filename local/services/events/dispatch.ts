import {
  DEFAULT_RETRY_POLICY,
  type DeliveryFailure,
  deliver,
  type Exhausted,
  send,
  sendDeadLetter,
  targetKind,
} from '../../delivery/index.ts';
import { AwsError } from '../../kernel/index.ts';
import { callApiDestination } from './api-destination-request.ts';
import type { BusEvent } from './bus-event.ts';
import { forwardToBus } from './forward.ts';
import { followPath, parseJsonPath } from './json-path.ts';
import type { EventsScope } from './scope.ts';
import type { Rule, RuleTarget } from './state.ts';

const SERVICE = 'events.amazonaws.com';
const LOG_LINES_KEPT = 10_000;

/** Sends an event to every target of a rule, each with its own retries and dead-letter queue. */
export function dispatch(event: BusEvent, rule: Rule, scope: EventsScope): void {
  for (const target of rule.targets.values()) deliverTo(target, event, rule, scope);
}

function deliverTo(ruleTarget: RuleTarget, event: BusEvent, rule: Rule, scope: EventsScope): void {
  const { target, input } = ruleTarget;
  const { kernel } = scope;
  const giveUp = (exhausted: Exhausted): void => abandon(exhausted, ruleTarget, event, rule, scope);
  const count = (change: number): void => {
    const left = (scope.inFlight.get(target.Arn) ?? 0) + change;
    if (left > 0) scope.inFlight.set(target.Arn, left);
    else scope.inFlight.delete(target.Arn);
  };
  const payload = input(event, rule);
  if (!payload.ok) {
    const failure: DeliveryFailure = { code: 'INVALID_JSON', targetCode: 'INVALID_JSON', message: payload.problem, retriable: false };
    giveUp({ failure, retries: 0, condition: undefined });
    return;
  }
  // One name for all attempts: an execution that a lost answer hid is not started twice.
  const executionName = targetKind(target.Arn) === 'states' ? `${event.head.id}_${kernel.uuid()}` : '';
  count(1);
  deliver(kernel, {
    label: `events: ${rule.name} to ${target.Arn}`,
    policy: {
      maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_RETRY_POLICY.maximumRetryAttempts,
      maximumEventAgeInSeconds: target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_RETRY_POLICY.maximumEventAgeInSeconds,
    },
    attempt: () => attempt(ruleTarget, payload.text, executionName, event, rule, scope),
    onDelivered: () => count(-1),
    onExhausted: (exhausted) => {
      count(-1);
      giveUp(exhausted);
    },
  });
}

function attempt(
  { target }: RuleTarget,
  payload: string,
  executionName: string,
  event: BusEvent,
  rule: Rule,
  scope: EventsScope,
): Promise<unknown> {
  const principal = target.RoleArn ?? SERVICE;
  switch (targetKind(target.Arn)) {
    case 'event-bus':
      return forwardToBus(scope.kernel, target.Arn, event, principal, rule.arn);
    case 'api-destination':
      return callApiDestination(target, payload, event, scope);
    case 'log-group':
      return writeLog(target.Arn, payload, scope);
    default: {
      const group = target.SqsParameters?.MessageGroupId;
      return send(scope.kernel, {
        arn: target.Arn,
        payload,
        principal,
        sourceArn: rule.arn,
        partitionKey: partitionKey(target.KinesisParameters?.PartitionKeyPath, event),
        executionName,
        ...(group === undefined ? {} : { messageGroupId: group }),
      });
    }
  }
}

function partitionKey(path: string | undefined, event: BusEvent): string {
  const parsed = path === undefined ? undefined : parseJsonPath(path);
  const value = parsed && followPath(parsed, event.value);
  if (value === undefined || value === null) return event.head.id;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function writeLog(arn: string, line: string, { logs }: EventsScope): Promise<void> {
  const group = arn.split(':').slice(6).join(':').replace(/:\*$/, '');
  const lines = logs.get(group) ?? [];
  lines.push(line);
  if (lines.length > LOG_LINES_KEPT) lines.splice(0, lines.length - LOG_LINES_KEPT);
  logs.set(group, lines);
}

/** An event that its target does not take goes to the dead-letter queue, as it came in; without one it is dropped. */
function abandon(
  { failure, retries, condition }: Exhausted,
  { target }: RuleTarget,
  event: BusEvent,
  rule: Rule,
  scope: EventsScope,
): void {
  const drop = (reason: string): void => {
    scope.undelivered.add({ at: scope.kernel.now(), eventId: event.head.id, resource: rule.arn, target: target.Arn, reason });
  };
  const queueArn = target.DeadLetterConfig?.Arn;
  const reason = `${failure.code}: ${failure.message}`;
  if (queueArn === undefined) {
    drop(reason);
    return;
  }
  sendDeadLetter(scope.kernel, {
    queueArn,
    body: event.text,
    attributes: {
      RULE_ARN: rule.arn,
      TARGET_ARN: target.Arn,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message,
      EXHAUSTED_RETRY_CONDITION: condition,
      RETRY_ATTEMPTS: String(retries),
    },
    principal: SERVICE,
    sourceArn: rule.arn,
  }).catch((error: unknown) => {
    if (error instanceof AwsError) drop(`${reason}; and its dead-letter queue refused it: ${error.code}: ${error.message}`);
    else throwInKernel(error, scope);
  });
}

function throwInKernel(error: unknown, { kernel }: EventsScope): void {
  kernel.after(0, () => {
    throw error;
  });
}
