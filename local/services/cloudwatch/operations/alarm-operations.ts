import type {
  CompositeAlarm,
  DeleteAlarmsInput,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  DescribeAlarmsForMetricInput,
  DescribeAlarmsForMetricOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  EnableAlarmActionsInput,
  MetricAlarm,
  PutCompositeAlarmInput,
  PutMetricAlarmInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError, arn } from '../../../kernel/index.ts';
import type { Alarm, AlarmState, MetricWatch } from '../alarms/alarm.ts';
import type { Alarms } from '../alarms/alarms.ts';
import { parseRule } from '../alarms/composite-rule.ts';
import { invalidCombination, missingParameter, validation } from '../errors.ts';
import { dimensionsOf, metricKey } from '../metrics/metric.ts';
import { checkStatistic } from '../metrics/statistics.ts';
import { type Operations, page } from './operation.ts';

/** Alarms: making, describing, switching. */
export function alarmOperations(alarms: Alarms, now: () => number): Operations {
  const switchActions = (enabled: boolean) => (input: EnableAlarmActionsInput) => {
    for (const name of input.AlarmNames ?? []) {
      const alarm = alarms.get(name);
      if (alarm) alarm.actionsEnabled = enabled;
    }
    return {};
  };
  return {
    PutMetricAlarm(input: PutMetricAlarmInput) {
      alarms.put(newAlarm('metric', input, now(), watchOf(input), undefined));
      return {};
    },
    PutCompositeAlarm(input: PutCompositeAlarmInput) {
      const rule = input.AlarmRule ?? '';
      const unknown = parseRule(rule).alarms.find((name) => !alarms.get(name));
      if (unknown !== undefined) throw validation(`AlarmRule must not contain the alarm ${unknown}, which does not exist.`);
      alarms.put(newAlarm('composite', input, now(), undefined, rule));
      return {};
    },
    DeleteAlarms(input: DeleteAlarmsInput) {
      const missing = (input.AlarmNames ?? []).filter((name) => !alarms.get(name));
      if (missing.length > 0) throw new AwsError('ResourceNotFound', `Alarm ${missing.join(', ')} does not exist.`, { status: 404 });
      for (const name of input.AlarmNames ?? []) alarms.delete(name);
      return {};
    },
    DescribeAlarms(input: DescribeAlarmsInput): DescribeAlarmsOutput {
      const found = alarms
        .all()
        .filter(
          (alarm) =>
            (input.AlarmNames === undefined || input.AlarmNames.includes(alarm.name)) &&
            alarm.name.startsWith(input.AlarmNamePrefix ?? '') &&
            (input.StateValue === undefined || alarm.state === input.StateValue) &&
            (input.AlarmTypes ?? ['MetricAlarm']).includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'),
        );
      const { entries, next } = page(found, input.MaxRecords ?? 100, input.NextToken);
      return {
        MetricAlarms: entries.filter(({ kind }) => kind === 'metric').map(describe) as MetricAlarm[],
        CompositeAlarms: entries.filter(({ kind }) => kind === 'composite').map(describe) as CompositeAlarm[],
        ...next,
      };
    },
    DescribeAlarmsForMetric(input: DescribeAlarmsForMetricInput): DescribeAlarmsForMetricOutput {
      const identity = { namespace: input.Namespace ?? '', name: input.MetricName ?? '', dimensions: dimensionsOf(input.Dimensions) };
      const key = metricKey(identity);
      return {
        MetricAlarms: alarms
          .all()
          .filter(({ watch }) => watch && metricKey(watch.metric) === key)
          .map(describe) as MetricAlarm[],
      };
    },
    DescribeAlarmHistory(input: DescribeAlarmHistoryInput): DescribeAlarmHistoryOutput {
      const changes = alarms.history.filter(({ alarm }) => input.AlarmName === undefined || alarm.name === input.AlarmName).toReversed();
      const { entries, next } = page(changes, input.MaxRecords ?? 100, input.NextToken);
      return {
        AlarmHistoryItems: entries.map(({ alarm, from, to, reason, at }) => ({
          AlarmName: alarm.name,
          AlarmType: alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
          Timestamp: new Date(at),
          HistoryItemType: 'StateUpdate',
          HistorySummary: `Alarm updated from ${from} to ${to}`,
          HistoryData: JSON.stringify({
            version: '1.0',
            oldState: { stateValue: from },
            newState: { stateValue: to, stateReason: reason },
          }),
        })),
        ...next,
      };
    },
    SetAlarmState(input: SetAlarmStateInput) {
      const alarm = alarms.get(input.AlarmName ?? '');
      if (!alarm) throw new AwsError('ResourceNotFound', `Alarm ${input.AlarmName} does not exist.`, { status: 404 });
      alarms.setState(alarm, input.StateValue as AlarmState, input.StateReason ?? '');
      return {};
    },
    EnableAlarmActions: switchActions(true),
    DisableAlarmActions: switchActions(false),
  };
}

function newAlarm(
  kind: Alarm['kind'],
  input: PutMetricAlarmInput | PutCompositeAlarmInput,
  now: number,
  watch: MetricWatch | undefined,
  rule: string | undefined,
): Alarm {
  if (!input.AlarmName) throw missingParameter('AlarmName');
  const { Tags: _tags, ...definition } = input;
  return {
    name: input.AlarmName,
    arn: arn('cloudwatch', `alarm:${input.AlarmName}`),
    kind,
    definition: { ...definition },
    watch,
    rule,
    updatedAt: now,
    actionsEnabled: input.ActionsEnabled ?? true,
    state: 'INSUFFICIENT_DATA',
    stateReason: 'Unchecked: Initial alarm creation',
    stateChangedAt: now,
    stop: () => undefined,
  };
}

/** What an alarm looks at, where that is one metric and a fixed threshold. */
function watchOf(input: PutMetricAlarmInput): MetricWatch | undefined {
  const periods = input.EvaluationPeriods;
  if (!periods) throw missingParameter('EvaluationPeriods');
  if (!input.ComparisonOperator) throw missingParameter('ComparisonOperator');
  const [single, ...others] = input.Metrics ?? [];
  if (input.Metrics && input.MetricName !== undefined) throw invalidCombination('MetricName and Metrics are mutually exclusive.');
  const stat = others.length === 0 ? single?.MetricStat : undefined;
  const name = input.MetricName ?? stat?.Metric?.MetricName;
  const comparison = input.ComparisonOperator;
  if (input.Metrics && !stat) return undefined;
  if (name === undefined) throw missingParameter('MetricName');
  if (input.Threshold === undefined || comparison.includes('Range') || comparison.includes('UpperThreshold')) return undefined;
  const statistic = input.Statistic ?? input.ExtendedStatistic ?? stat?.Stat;
  if (statistic === undefined) throw missingParameter('Statistic');
  checkStatistic(statistic);
  const datapointsToAlarm = input.DatapointsToAlarm ?? periods;
  if (datapointsToAlarm > periods) throw validation('DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  return {
    metric: {
      namespace: input.Namespace ?? stat?.Metric?.Namespace ?? '',
      name,
      dimensions: dimensionsOf(input.Dimensions ?? stat?.Metric?.Dimensions),
    },
    statistic,
    unit: input.Unit ?? stat?.Unit,
    periodMs: (input.Period ?? stat?.Period ?? 60) * 1000,
    periods,
    datapointsToAlarm,
    comparison: comparison as MetricWatch['comparison'],
    threshold: input.Threshold,
    missing: (input.TreatMissingData ?? 'missing') as MetricWatch['missing'],
  };
}

function describe(alarm: Alarm): object {
  return {
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    ...alarm.definition,
    AlarmArn: alarm.arn,
    ActionsEnabled: alarm.actionsEnabled,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.updatedAt),
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateUpdatedTimestamp: new Date(alarm.stateChangedAt),
    StateTransitionedTimestamp: new Date(alarm.stateChangedAt),
  };
}
