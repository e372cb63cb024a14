import { nextOccurrence } from '../../schedule-expression/index.ts';
import { invokeTarget } from './invoke-target.ts';
import { findGroup, type SchedulerScope } from './scope.ts';
import type { Schedule } from './state.ts';

/**
 * Sets a schedule's clock as its settings are now, or stops it when it is disabled.
 * All of its timers are daemons: nobody waits for what is merely planned, however near.
 */
export function startClock(schedule: Schedule, scope: SchedulerScope): void {
  schedule.timer?.cancel();
  schedule.timer = undefined;
  const { expression, settings } = schedule;
  if (settings.State === 'DISABLED') return;
  const { kernel } = scope;
  const now = kernel.now();
  const begin = Math.max(now, settings.StartDate?.getTime() ?? now);
  const options = { first: begin, ...(settings.ScheduleExpressionTimezone ? { timeZone: settings.ScheduleExpressionTimezone } : {}) };

  // A cron expression that means this very minute has missed it; a rate without a start date begins at once, as on AWS.
  const start = expression.kind === 'cron' && begin === now ? now : begin - 1;
  const plan = (after: number): void => {
    const due = nextOccurrence(expression, after, options);
    if (due === undefined || (expression.kind !== 'at' && settings.EndDate && due > settings.EndDate.getTime())) {
      schedule.timer = undefined;
      if (after !== start) complete(schedule, scope);
      return;
    }
    const run = (): void => {
      invokeTarget(schedule, due, scope);
      plan(due);
    };
    schedule.timer = kernel.schedule(due + flexibleDelay(schedule, scope), run, { daemon: true, label: `scheduler: ${schedule.name}` });
  };
  plan(start);
}

/** Milliseconds into the flexible time window, by chance. */
function flexibleDelay({ settings }: Schedule, { kernel }: SchedulerScope): number {
  const window = settings.FlexibleTimeWindow;
  if (window?.Mode !== 'FLEXIBLE') return 0;
  return Math.floor(kernel.random() * (window.MaximumWindowInMinutes ?? 0) * 60_000);
}

/** The last run is over. */
function complete(schedule: Schedule, scope: SchedulerScope): void {
  if (schedule.settings.ActionAfterCompletion === 'DELETE') findGroup(scope, schedule.group).schedules.delete(schedule.name);
}
