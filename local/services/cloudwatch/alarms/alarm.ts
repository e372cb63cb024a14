import type { Kernel } from '../../../kernel/index.ts';
import type { MetricIdentity } from '../metrics/metric.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What an alarm looks at. */
export interface MetricWatch {
  readonly metric: MetricIdentity;
  readonly statistic: string;
  readonly unit: string | undefined;
  readonly periodMs: number;
  readonly periods: number;
  readonly datapointsToAlarm: number;
  readonly comparison: 'GreaterThanOrEqualToThreshold' | 'GreaterThanThreshold' | 'LessThanThreshold' | 'LessThanOrEqualToThreshold';
  readonly threshold: number;
  readonly missing: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

/** An alarm, with the request that made it. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly kind: 'metric' | 'composite';
  /** The members of the request, as they are described again. */
  readonly definition: Readonly<Record<string, unknown>>;
  /** Absent when the alarm is of a kind that is kept, not evaluated: metric math, anomaly detection. */
  readonly watch: MetricWatch | undefined;
  /** Of a composite alarm. */
  readonly rule: string | undefined;
  readonly updatedAt: number;
  actionsEnabled: boolean;
  state: AlarmState;
  stateReason: string;
  stateChangedAt: number;
  stop: () => void;
}

export interface AlarmChange {
  readonly alarm: Alarm;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly at: number;
}

export type Clock = Pick<Kernel, 'now' | 'schedule'>;
