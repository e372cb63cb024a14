import type { AlarmState, MetricWatch } from './alarm.ts';

/** The value of one period, undefined where there is none. */
export type PeriodValue = number | undefined;

/**
 * The state that the latest periods call for.
 *
 * @param values of the periods, the newest last
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
 */
export function stateFor(watch: MetricWatch, values: readonly PeriodValue[], current: AlarmState): AlarmState {
  const present = values.filter((value): value is number => value !== undefined);
  const breaching = present.filter((value) => breaches(watch, value)).length;
  const absent = values.length - present.length;
  if (watch.missing === 'breaching') return breaching + absent >= watch.datapointsToAlarm ? 'ALARM' : 'OK';
  if (breaching >= watch.datapointsToAlarm) return 'ALARM';
  if (watch.missing === 'notBreaching') return 'OK';
  if (present.length === 0) return watch.missing === 'ignore' ? current : 'INSUFFICIENT_DATA';
  // Too few values to tell: as many more breaching ones would make it an alarm.
  if (breaching > 0 && breaching === present.length && absent > 0) return current;
  return 'OK';
}

export function breaches({ comparison, threshold }: MetricWatch, value: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}
