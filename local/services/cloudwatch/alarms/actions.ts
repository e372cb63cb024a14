import { ACCOUNT, type Kernel, REGION, type ServiceCall } from '../../../kernel/index.ts';
import { dimensionList } from '../metrics/metric.ts';
import type { AlarmChange } from './alarm.ts';

const ACTIONS = { ALARM: 'AlarmActions', OK: 'OKActions', INSUFFICIENT_DATA: 'InsufficientDataActions' } as const;

/** An action that was refused. */
export interface FailedAction {
  readonly alarm: string;
  readonly action: string;
  readonly reason: string;
}

/** Tells topics and functions, and EventBridge, that an alarm changed its state. */
export class AlarmActions {
  readonly #kernel: Kernel;
  readonly failed: FailedAction[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  run(change: AlarmChange): void {
    if (!change.alarm.actionsEnabled) return;
    const actions = change.alarm.definition[ACTIONS[change.to]];
    for (const action of Array.isArray(actions) ? (actions as string[]) : []) {
      const call = callOf(action, change);
      if (call) this.#call(call, action, change);
      else this.failed.push({ alarm: change.alarm.name, action, reason: 'The local cloud has no service behind this action.' });
    }
  }

  #call(call: ServiceCall, action: string, { alarm }: AlarmChange): void {
    this.#kernel.call({ ...call, sourceArn: alarm.arn }).catch((error: unknown) => {
      this.failed.push({ alarm: alarm.name, action, reason: error instanceof Error ? error.message : String(error) });
    });
  }
}

function callOf(action: string, change: AlarmChange): ServiceCall | undefined {
  if (action.startsWith('arn:aws:sns:')) {
    const Subject = `${change.to}: "${change.alarm.name}" in US East (N. Virginia)`.slice(0, 100);
    const input = { TopicArn: action, Subject, Message: JSON.stringify(notification(change)) };
    return { service: 'sns', operation: 'Publish', input, principal: 'cloudwatch.amazonaws.com' };
  }
  if (action.startsWith('arn:aws:lambda:')) {
    const input = { FunctionName: action, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(lambdaEvent(change))) };
    return { service: 'lambda', operation: 'Invoke', input, principal: 'lambda.alarms.cloudwatch.amazonaws.com' };
  }
  return undefined;
}

function notification({ alarm, from, to, reason, at }: AlarmChange): object {
  const { definition, watch } = alarm;
  return {
    AlarmName: alarm.name,
    AlarmDescription: definition.AlarmDescription ?? null,
    AWSAccountId: ACCOUNT,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.updatedAt).toISOString(),
    NewStateValue: to,
    NewStateReason: reason,
    StateChangeTime: new Date(at).toISOString(),
    Region: 'US East (N. Virginia)',
    AlarmArn: alarm.arn,
    OldStateValue: from,
    OKActions: definition.OKActions ?? [],
    AlarmActions: definition.AlarmActions ?? [],
    InsufficientDataActions: definition.InsufficientDataActions ?? [],
    ...(watch
      ? {
          Trigger: {
            MetricName: watch.metric.name,
            Namespace: watch.metric.namespace,
            StatisticType: watch.statistic.startsWith('p') ? 'ExtendedStatistic' : 'Statistic',
            Statistic: watch.statistic.toUpperCase(),
            Unit: watch.unit ?? null,
            Dimensions: dimensionList(watch.metric.dimensions).map(({ Name, Value }) => ({ value: Value, name: Name })),
            Period: watch.periodMs / 1000,
            EvaluationPeriods: watch.periods,
            DatapointsToAlarm: watch.datapointsToAlarm,
            ComparisonOperator: watch.comparison,
            Threshold: watch.threshold,
            TreatMissingData: watch.missing,
            EvaluateLowSampleCountPercentile: '',
          },
        }
      : { AlarmRule: alarm.rule }),
  };
}

function lambdaEvent({ alarm, from, to, reason, at }: AlarmChange): object {
  const time = new Date(at).toISOString();
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarm.arn,
    accountId: ACCOUNT,
    time,
    region: REGION,
    alarmData: {
      alarmName: alarm.name,
      state: { value: to, reason, timestamp: time },
      previousState: { value: from },
      configuration: { description: alarm.definition.AlarmDescription },
    },
  };
}
