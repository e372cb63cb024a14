import type { Kernel } from '../../kernel/index.ts';
import { notFound } from './errors.ts';
import { DEFAULT_GROUP, type Schedule, type ScheduleGroup } from './state.ts';

/** What operations work on. */
export interface SchedulerScope {
  readonly kernel: Kernel;
  readonly groups: Map<string, ScheduleGroup>;
  /** Invocations that failed for good and had no dead-letter queue to go to; the last thousand. */
  readonly dropped: DroppedInvocation[];
}

export interface DroppedInvocation {
  readonly at: number;
  readonly scheduleArn: string;
  readonly targetArn: string;
  readonly reason: string;
}

/** Operations by their AWS names. */
export type Operations = Readonly<Record<string, (input: never, scope: SchedulerScope) => object>>;

/** @throws AwsError ResourceNotFoundException */
export function findGroup({ groups }: SchedulerScope, name: string = DEFAULT_GROUP): ScheduleGroup {
  const group = groups.get(name);
  if (!group) throw notFound(`Schedule group ${name} does not exist.`);
  return group;
}

/** @throws AwsError ResourceNotFoundException */
export function findSchedule(scope: SchedulerScope, name: string | undefined, group: string | undefined): Schedule {
  const schedule = findGroup(scope, group).schedules.get(name ?? '');
  if (!schedule) throw notFound(`Schedule ${name} does not exist.`);
  return schedule;
}
