import type { Dimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { arn } from '../../kernel/index.ts';
import { refuseUnknown, toNumber } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';

type Flag = boolean | string;
type Numeric = number | string;

interface MetricStatProperty {
  readonly Metric: object;
  readonly Period: Numeric;
  readonly Stat: string;
  readonly Unit?: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html */
interface AlarmProperties {
  readonly AlarmName?: string;
  readonly ActionsEnabled?: Flag;
  readonly DatapointsToAlarm?: Numeric;
  readonly Dimensions?: readonly Dimension[];
  readonly EvaluationPeriods: Numeric;
  readonly Metrics?: readonly (Omit<MetricDataQuery, 'MetricStat' | 'Period' | 'ReturnData'> & {
    readonly MetricStat?: MetricStatProperty;
    readonly Period?: Numeric;
    readonly ReturnData?: Flag;
  })[];
  readonly Period?: Numeric;
  readonly Threshold?: Numeric;
  readonly [name: string]: unknown;
}

const ALARM = [
  'ActionsEnabled',
  'AlarmActions',
  'AlarmDescription',
  'AlarmName',
  'ComparisonOperator',
  'DatapointsToAlarm',
  'Dimensions',
  'EvaluateLowSampleCountPercentile',
  'EvaluationPeriods',
  'ExtendedStatistic',
  'InsufficientDataActions',
  'MetricName',
  'Metrics',
  'Namespace',
  'OKActions',
  'Period',
  'Statistic',
  'Tags',
  'Threshold',
  'ThresholdMetricId',
  'TreatMissingData',
  'Unit',
];

const alarm = resourceType<AlarmProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ALARM, request, cloud);
  const AlarmName = properties.AlarmName ?? request.physicalName(255);
  cloud.invoke('cloudwatch', 'PutMetricAlarm', {
    ...properties,
    AlarmName,
    ...(properties.ActionsEnabled === undefined ? {} : { ActionsEnabled: String(properties.ActionsEnabled) === 'true' }),
    ...numbers(properties, 'DatapointsToAlarm', 'EvaluationPeriods', 'Period', 'Threshold'),
    ...(properties.Metrics ? { Metrics: properties.Metrics.map(query) } : {}),
  });
  return { ref: AlarmName, attributes: { Arn: arn('cloudwatch', `alarm:${AlarmName}`) } };
});

function query(property: NonNullable<AlarmProperties['Metrics']>[number]): object {
  const { MetricStat: stat, ReturnData: returned } = property;
  return {
    ...property,
    ...numbers(property, 'Period'),
    ...(returned === undefined ? {} : { ReturnData: String(returned) === 'true' }),
    ...(stat ? { MetricStat: { ...stat, ...numbers(stat, 'Period') } } : {}),
  };
}

function numbers<Properties extends object>(properties: Properties, ...names: (keyof Properties & string)[]): Record<string, number> {
  const given = names.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, toNumber(properties[name] as Numeric) ?? 0]));
}

const COMPOSITE = [
  'ActionsEnabled',
  'ActionsSuppressor',
  'ActionsSuppressorExtensionPeriod',
  'ActionsSuppressorWaitPeriod',
  'AlarmActions',
  'AlarmDescription',
  'AlarmName',
  'AlarmRule',
  'InsufficientDataActions',
  'OKActions',
  'Tags',
];

const compositeAlarm = resourceType<{ readonly AlarmName?: string; readonly ActionsEnabled?: Flag }>((properties, request, cloud) => {
  refuseUnknown(properties, COMPOSITE, request, cloud);
  const AlarmName = properties.AlarmName ?? request.physicalName(255);
  const ActionsEnabled = String(properties.ActionsEnabled ?? true) === 'true';
  cloud.invoke('cloudwatch', 'PutCompositeAlarm', { ...properties, AlarmName, ActionsEnabled });
  return { ref: AlarmName, attributes: { Arn: arn('cloudwatch', `alarm:${AlarmName}`) } };
});

const dashboard = resourceType<{ readonly DashboardName?: string; readonly DashboardBody: string }>((properties, request, cloud) => {
  refuseUnknown(properties, ['DashboardName', 'DashboardBody', 'Tags'], request, cloud);
  const DashboardName = properties.DashboardName ?? request.physicalName(255);
  cloud.invoke('cloudwatch', 'PutDashboard', { DashboardName, DashboardBody: properties.DashboardBody });
  return { ref: DashboardName };
});

export const cloudwatchResources: ResourceTypes = {
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': compositeAlarm,
  'AWS::CloudWatch::Dashboard': dashboard,
};
