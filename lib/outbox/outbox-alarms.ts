import { Duration } from 'aws-cdk-lib';
import { type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ALARM_PERIOD, createAlarm } from '../shared/index.ts';
import type { Outbox } from './outbox.ts';
import { lateSeconds, type OutboxProps, overdueSeconds, sweepPeriod } from './outbox-props.ts';

/** The alarms of an outbox; the thresholds mean loss or delay. What the sweeper measures is there once a run. */
export function makeAlarms(outbox: Outbox, props: OutboxProps): void {
  const run = { period: sweepPeriod(props) };
  createAlarm(
    outbox,
    'OutboxAge',
    {
      severity: 'critical',
      metric: outbox.metricOutboxAge(run),
      threshold: lateSeconds(props),
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      // Silence is no good news: it is the sweeper that measures.
      treatMissingData: TreatMissingData.BREACHING,
      description: `Events of ${outbox.node.path} wait to be published, or its sweeper does not run. Look at the logs of relay and sweeper, and at the bus.`,
    },
    props,
  );
  createAlarm(
    outbox,
    'Parked',
    {
      severity: 'critical',
      metric: outbox.metricParkedSubjects(run),
      threshold: 1,
      description: `An event of ${outbox.node.path} can never be published; its subject stands still. The relay's log names it; its item keeps it.`,
    },
    props,
  );
  createAlarm(
    outbox,
    'IteratorAge',
    {
      severity: 'warning',
      metric: outbox.relay.metric('IteratorAge', { statistic: 'Maximum', period: ALARM_PERIOD }),
      threshold: Duration.minutes(5).toMilliseconds(),
      evaluationPeriods: 3,
      description: `The relay of ${outbox.node.path} is behind its stream. The sweeper takes over after ${overdueSeconds(props)} s.`,
    },
    props,
  );
  errorAlarm(outbox, 'RelayErrors', outbox.relay.metricErrors({ period: ALARM_PERIOD }), 'The relay', props);
  errorAlarm(outbox, 'SweeperErrors', outbox.sweeper.metricErrors(run), 'The sweeper', props);
}

function errorAlarm(outbox: Outbox, id: string, metric: IMetric, who: string, props: OutboxProps): void {
  createAlarm(
    outbox,
    id,
    {
      severity: 'warning',
      metric,
      threshold: 1,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      description: `${who} of ${outbox.node.path} fails. Nothing is lost: the events wait in their items. Look at its log.`,
    },
    props,
  );
}
