import type {
  CreateScheduleGroupOutput,
  CreateScheduleInput,
  CreateScheduleOutput,
  FlexibleTimeWindow,
  Tag,
  Target,
} from '@aws-sdk/client-scheduler';
import { pick, refuseUnknown } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';

interface ScheduleProperties extends Omit<CreateScheduleInput, 'Name' | 'StartDate' | 'EndDate'> {
  readonly Name?: string;
  readonly StartDate?: string;
  readonly EndDate?: string;
}

const SCHEDULE = [
  'Name',
  'GroupName',
  'Description',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'StartDate',
  'EndDate',
  'State',
  'KmsKeyArn',
  'Target',
  'FlexibleTimeWindow',
  'ActionAfterCompletion',
];

const schedule = resourceType<ScheduleProperties>((properties, request, cloud) => {
  refuseUnknown(properties, SCHEDULE, request, cloud);
  const Name = properties.Name ?? request.physicalName(64);
  const { StartDate, EndDate, Target: target, FlexibleTimeWindow: window, ...given } = properties;
  const { ScheduleArn } = cloud.invoke<CreateScheduleOutput>('scheduler', 'CreateSchedule', {
    ...given,
    Name,
    Target: target && targetWithNumbers(target),
    FlexibleTimeWindow: window && windowWithNumbers(window),
    ...(StartDate === undefined ? {} : { StartDate: new Date(StartDate) }),
    ...(EndDate === undefined ? {} : { EndDate: new Date(EndDate) }),
  });
  return { ref: Name, attributes: { Arn: ScheduleArn } };
});

function targetWithNumbers(target: Target): Target {
  const { RetryPolicy: policy } = target;
  if (!policy) return target;
  const { MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: age } = policy;
  return {
    ...target,
    RetryPolicy: {
      ...(attempts === undefined ? {} : { MaximumRetryAttempts: Number(attempts) }),
      ...(age === undefined ? {} : { MaximumEventAgeInSeconds: Number(age) }),
    },
  };
}

function windowWithNumbers(window: FlexibleTimeWindow): FlexibleTimeWindow {
  const { MaximumWindowInMinutes: minutes } = window;
  return minutes === undefined ? window : { ...window, MaximumWindowInMinutes: Number(minutes) };
}

interface ScheduleGroupProperties {
  readonly Name?: string;
  readonly Tags?: Tag[];
}

const scheduleGroup = resourceType<ScheduleGroupProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['Name', 'Tags'], request, cloud);
  const Name = properties.Name ?? request.physicalName(64);
  const input = { Name, ...pick(properties, 'Tags') };
  const { ScheduleGroupArn } = cloud.invoke<CreateScheduleGroupOutput>('scheduler', 'CreateScheduleGroup', input);
  return { ref: Name, attributes: { Arn: ScheduleGroupArn, State: 'ACTIVE' } };
});

export const schedulerResources: ResourceTypes = {
  'AWS::Scheduler::Schedule': schedule,
  'AWS::Scheduler::ScheduleGroup': scheduleGroup,
};
