import { Aspects, Duration, type IAspect, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct, IConstruct } from 'constructs';
import { allowServiceToPublish } from './topic-access.ts';

/** `critical`: loss or standstill, wake somebody. `warning`: delay or degradation, look at it in working hours. */
export type Severity = 'critical' | 'warning';

/** Props of every construct that raises alarms. */
export interface AlarmProps {
  /**
   * Where alarms go.
   * @default nowhere, unless {@link sendAlarms} names a topic for a scope around the construct; the alarms exist in any case
   */
  readonly alarmTopic?: ITopic;
  /**
   * Other thresholds, by the alarm's id in the construct's documentation; `false` leaves the alarm out.
   * @default the construct's own
   */
  readonly alarmThresholds?: Readonly<Record<string, number | false>>;
}

export interface AlarmDefinition {
  readonly severity: Severity;
  readonly metric: IMetric;
  /** Raised when the metric is at or above this (unless `comparison` says otherwise). */
  readonly threshold: number;
  /** What it means and what to do, for whoever is woken. */
  readonly description: string;
  /** How many periods are looked at. @default 1 */
  readonly evaluationPeriods?: number;
  /** How many of them must be over the threshold. @default all */
  readonly datapointsToAlarm?: number;
  /** @default GREATER_THAN_OR_EQUAL_TO_THRESHOLD */
  readonly comparison?: ComparisonOperator;
  /** @default NOT_BREACHING */
  readonly treatMissingData?: TreatMissingData;
}

const severities = new WeakMap<Alarm, Severity>();

/** The severity of an alarm that a construct of this kit made, or undefined. */
export function severityOf(alarm: Alarm): Severity | undefined {
  return severities.get(alarm);
}

/**
 * Makes one alarm of a construct.
 * @returns undefined when `props` leave it out
 */
export function createAlarm(scope: Construct, id: string, definition: AlarmDefinition, props: AlarmProps = {}): Alarm | undefined {
  const threshold = props.alarmThresholds?.[id] ?? definition.threshold;
  if (threshold === false) return undefined;
  const alarm = new Alarm(scope, id, {
    metric: definition.metric,
    threshold,
    evaluationPeriods: definition.evaluationPeriods ?? 1,
    ...(definition.datapointsToAlarm === undefined ? {} : { datapointsToAlarm: definition.datapointsToAlarm }),
    comparisonOperator: definition.comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: definition.treatMissingData ?? TreatMissingData.NOT_BREACHING,
    alarmDescription: `[${definition.severity}] ${definition.description}`.slice(0, 1024),
  });
  severities.set(alarm, definition.severity);
  if (props.alarmTopic) sendTo(alarm, props.alarmTopic);
  return alarm;
}

/**
 * Sends every alarm of this kit inside `scope` to `topic`.
 * @example
 * sendAlarms(app, pager, { severity: 'critical' });
 * sendAlarms(app, mailbox, { severity: 'warning' });
 */
export function sendAlarms(scope: IConstruct, topic: ITopic, options: { /** @default all */ readonly severity?: Severity } = {}): void {
  const aspect: IAspect = {
    visit(node) {
      if (!(node instanceof Alarm)) return;
      const severity = severities.get(node);
      if (severity && (options.severity === undefined || options.severity === severity)) sendTo(node, topic);
    },
  };
  Aspects.of(scope).add(aspect);
}

/** Topics of each alarm: a topic that is given twice is told once. */
const told = new WeakMap<Alarm, Set<string>>();

/**
 * A topic with a policy of its own, or under a customer-managed key, swallows alarms unless CloudWatch may publish
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html).
 */
function sendTo(alarm: Alarm, topic: ITopic): void {
  const topics = told.get(alarm) ?? new Set();
  if (topics.has(topic.topicArn)) return;
  told.set(alarm, topics.add(topic.topicArn));
  allowServiceToPublish(topic, 'cloudwatch.amazonaws.com', { account: Stack.of(alarm).account });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}

/** Period of the alarms' metrics. */
export const ALARM_PERIOD = Duration.minutes(1);
