import type {
  CreateScheduleInput,
  CreateScheduleOutput,
  DeleteScheduleInput,
  GetScheduleInput,
  GetScheduleOutput,
  ListSchedulesInput,
  ListSchedulesOutput,
  ScheduleSummary,
  UpdateScheduleInput,
  UpdateScheduleOutput,
} from '@aws-sdk/client-scheduler';
import { isArn, targetKind } from '../../delivery/index.ts';
import { arn } from '../../kernel/index.ts';
import { isTimeZone, parseScheduleExpression, type ScheduleExpression } from '../../schedule-expression/index.ts';
import { startClock } from './clock.ts';
import { checkName, conflict, validationError } from './errors.ts';
import { page } from './page.ts';
import { findGroup, findSchedule, type Operations, type SchedulerScope } from './scope.ts';
import type { Schedule, ScheduleSettings } from './state.ts';
import { isUniversal, parseUniversalTarget } from './universal-target.ts';

/** Targets that exist for schedules; log groups and API destinations are for rules only. */
const TEMPLATED = new Set(['sqs', 'sns', 'lambda', 'states', 'kinesis', 'event-bus']);

function check(input: CreateScheduleInput | UpdateScheduleInput): { settings: ScheduleSettings; expression: ScheduleExpression } {
  const { Name, GroupName, ClientToken, ...given } = input;
  const { ScheduleExpression = '', Target: target, FlexibleTimeWindow: window } = given;
  const expression = parseScheduleExpression(ScheduleExpression);
  if (!expression) throw validationError(`Invalid Schedule Expression ${ScheduleExpression}.`);
  if (!isTimeZone(given.ScheduleExpressionTimezone ?? 'UTC')) {
    throw validationError(`Provided timezone is not valid: ${given.ScheduleExpressionTimezone}`);
  }
  if (!target?.Arn || !isArn(target.Arn)) throw validationError(`Provided Arn is not in correct format: ${target?.Arn}`);
  if (!target.RoleArn)
    throw validationError(
      "1 validation error detected: Value null at 'target.roleArn' failed to satisfy constraint: Member must not be null",
    );
  const kind = targetKind(target.Arn) ?? '';
  if (isUniversal(target.Arn) ? !parseUniversalTarget(target.Arn) : !TEMPLATED.has(kind)) {
    throw validationError(`The local cloud cannot run the target ${target.Arn}.`);
  }
  if (kind === 'event-bus' && !target.EventBridgeParameters)
    throw validationError('EventBridgeParameters is required for EventBridge target.');
  if (kind === 'kinesis' && !target.KinesisParameters) throw validationError('KinesisParameters is required for Kinesis target.');
  if (['lambda', 'states', 'event-bus'].includes(kind) || isUniversal(target.Arn)) checkJson(target.Input);
  const minutes = window?.MaximumWindowInMinutes;
  if (!window?.Mode)
    throw validationError(
      "1 validation error detected: Value null at 'flexibleTimeWindow' failed to satisfy constraint: Member must not be null",
    );
  if (window.Mode === 'FLEXIBLE' ? minutes === undefined || minutes < 1 || minutes > 1_440 : minutes !== undefined) {
    throw validationError(
      window.Mode === 'FLEXIBLE'
        ? 'MaximumWindowInMinutes must be provided when Mode is set as FLEXIBLE.'
        : 'MaximumWindowInMinutes must not be provided when Mode is set as OFF.',
    );
  }
  return { settings: { ...given, ScheduleExpression, Target: { ...target, Arn: target.Arn, RoleArn: target.RoleArn } }, expression };
}

function checkJson(input: string | undefined): void {
  if (input === undefined) return;
  try {
    JSON.parse(input);
  } catch {
    throw validationError('Invalid RequestJson provided. Reason: The Input of this target must be well-formed JSON.');
  }
}

function createSchedule(input: CreateScheduleInput, scope: SchedulerScope): CreateScheduleOutput {
  const name = checkName(input.Name, 'name');
  const group = findGroup(scope, input.GroupName);
  const checked = check(input);
  if (group.schedules.has(name)) throw conflict(`Schedule ${name} already exists.`);
  const now = new Date(scope.kernel.now());
  const schedule: Schedule = {
    name,
    group: group.name,
    arn: arn('scheduler', `schedule/${group.name}/${name}`),
    createdAt: now,
    modifiedAt: now,
    ...checked,
    timer: undefined,
  };
  group.schedules.set(name, schedule);
  startClock(schedule, scope);
  return { ScheduleArn: schedule.arn };
}

/** Replaces the whole of a schedule's settings: what is left out goes back to its default. */
function updateSchedule(input: UpdateScheduleInput, scope: SchedulerScope): UpdateScheduleOutput {
  const schedule = findSchedule(scope, input.Name, input.GroupName);
  const { settings, expression } = check(input);
  schedule.settings = settings;
  schedule.expression = expression;
  schedule.modifiedAt = new Date(scope.kernel.now());
  startClock(schedule, scope);
  return { ScheduleArn: schedule.arn };
}

function deleteSchedule(input: DeleteScheduleInput, scope: SchedulerScope): object {
  const schedule = findSchedule(scope, input.Name, input.GroupName);
  schedule.timer?.cancel();
  findGroup(scope, schedule.group).schedules.delete(schedule.name);
  return {};
}

function getSchedule(input: GetScheduleInput, scope: SchedulerScope): GetScheduleOutput {
  const { name, group, arn: Arn, createdAt, modifiedAt, settings } = findSchedule(scope, input.Name, input.GroupName);
  return {
    ...settings,
    Arn,
    Name: name,
    GroupName: group,
    State: settings.State ?? 'ENABLED',
    ScheduleExpressionTimezone: settings.ScheduleExpressionTimezone ?? 'UTC',
    ActionAfterCompletion: settings.ActionAfterCompletion ?? 'NONE',
    CreationDate: createdAt,
    LastModificationDate: modifiedAt,
  };
}

function listSchedules(input: ListSchedulesInput, scope: SchedulerScope): ListSchedulesOutput {
  const groups = input.GroupName === undefined ? [...scope.groups.values()] : [findGroup(scope, input.GroupName)];
  const schedules = groups
    .flatMap((group) => [...group.schedules.values()])
    .filter(({ name, settings }) => {
      return name.startsWith(input.NamePrefix ?? '') && (input.State === undefined || (settings.State ?? 'ENABLED') === input.State);
    });
  const { items, nextToken } = page(schedules, input.MaxResults, input.NextToken);
  return { Schedules: items.map(summary), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

function summary({ name, group, arn: Arn, createdAt, modifiedAt, settings }: Schedule): ScheduleSummary {
  return {
    Arn,
    Name: name,
    GroupName: group,
    State: settings.State ?? 'ENABLED',
    CreationDate: createdAt,
    LastModificationDate: modifiedAt,
    Target: { Arn: settings.Target.Arn },
  };
}

export const scheduleOperations = {
  CreateSchedule: createSchedule,
  UpdateSchedule: updateSchedule,
  DeleteSchedule: deleteSchedule,
  GetSchedule: getSchedule,
  ListSchedules: listSchedules,
} satisfies Operations;
