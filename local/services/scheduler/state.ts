import type { CreateScheduleInput, Target } from '@aws-sdk/client-scheduler';
import type { Timer } from '../../kernel/index.ts';
import type { ScheduleExpression } from '../../schedule-expression/index.ts';

export const DEFAULT_GROUP = 'default';

export interface ScheduleGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  readonly schedules: Map<string, Schedule>;
  readonly tags: Map<string, string>;
}

/** What a schedule's owner said of it, checked. */
export interface ScheduleSettings extends Omit<CreateScheduleInput, 'Name' | 'GroupName' | 'ClientToken'> {
  readonly ScheduleExpression: string;
  readonly Target: Target & { readonly Arn: string; readonly RoleArn: string };
}

export interface Schedule {
  readonly name: string;
  readonly group: string;
  readonly arn: string;
  readonly createdAt: Date;
  modifiedAt: Date;
  settings: ScheduleSettings;
  expression: ScheduleExpression;
  timer: Timer | undefined;
}
