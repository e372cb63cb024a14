import { ACCOUNT, REGION } from '../../kernel/index.ts';
import type { Schedule } from './state.ts';

/** One run of a schedule. */
export interface Execution {
  readonly id: string;
  /** When the run was due, in epoch milliseconds. */
  readonly scheduledAt: number;
}

export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** What the target receives: the schedule's input with AWS's context attributes filled in, or the default notification. */
export function executionInput(schedule: Schedule, execution: Execution, attempt: number): string {
  const { Input } = schedule.settings.Target;
  if (Input === undefined) return defaultNotification(schedule, execution);
  const attributes: Readonly<Record<string, string>> = {
    'schedule-arn': schedule.arn,
    'scheduled-time': isoSeconds(execution.scheduledAt),
    'execution-id': execution.id,
    'attempt-number': String(attempt),
  };
  return Input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (written, name: string) => attributes[name] ?? written);
}

function defaultNotification(schedule: Schedule, execution: Execution): string {
  return JSON.stringify({
    version: '0',
    id: execution.id,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: ACCOUNT,
    time: isoSeconds(execution.scheduledAt),
    region: REGION,
    resources: [schedule.arn],
    detail: '{}',
  });
}
