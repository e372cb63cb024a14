import { describe, expect, it } from 'vitest';
import { TestCloudWatch } from './monitoring-client.ts';

const MINUTE = 60_000;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:pager';

function alarm(cloud: TestCloudWatch, AlarmName: string, more: object = {}): void {
  cloud.do('PutMetricAlarm', {
    AlarmName,
    Namespace: 'App',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 3,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    AlarmActions: [TOPIC],
    OKActions: [TOPIC],
    ...more,
  });
}

describe('an alarm', () => {
  it('goes off at the end of a period that crosses its threshold, tells its topic, and calms down', async () => {
    const cloud = new TestCloudWatch();
    alarm(cloud, 'errors', { TreatMissingData: 'notBreaching', AlarmDescription: 'Too many' });
    expect(cloud.state('errors')).toBe('INSUFFICIENT_DATA');
    cloud.put(2);
    cloud.put(1);
    await cloud.kernel.advance(MINUTE);
    expect(cloud.state('errors')).toBe('ALARM');
    expect(cloud.topic.published).toMatchObject([
      {
        principal: 'cloudwatch.amazonaws.com',
        subject: 'ALARM: "errors" in US East (N. Virginia)',
        message: {
          AlarmName: 'errors',
          AlarmDescription: 'Too many',
          NewStateValue: 'ALARM',
          OldStateValue: 'INSUFFICIENT_DATA',
          Trigger: { Threshold: 3 },
        },
      },
    ]);
    await cloud.kernel.advance(MINUTE);
    expect(cloud.state('errors')).toBe('OK');
    expect(
      cloud
        .do('DescribeAlarmHistory', { AlarmName: 'errors' })
        .AlarmHistoryItems.map(({ HistorySummary }: { HistorySummary: string }) => HistorySummary),
    ).toEqual(['Alarm updated from ALARM to OK', 'Alarm updated from INSUFFICIENT_DATA to ALARM']);
  });

  it('waits for as many periods as it is told to', async () => {
    const cloud = new TestCloudWatch();
    alarm(cloud, 'errors', { EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching' });
    cloud.put(5);
    await cloud.kernel.advance(MINUTE);
    expect(cloud.state('errors')).toBe('OK');
    await cloud.kernel.advance(MINUTE);
    cloud.put(5);
    await cloud.kernel.advance(MINUTE);
    expect(cloud.state('errors')).toBe('ALARM');
    await cloud.kernel.advance(MINUTE);
    expect(cloud.state('errors')).toBe('OK');
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['ignore', 'ALARM'],
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
  ])('treats missing data as %s', async (TreatMissingData, expected) => {
    const cloud = new TestCloudWatch();
    alarm(cloud, 'errors', { TreatMissingData });
    cloud.put(5);
    await cloud.kernel.advance(MINUTE);
    expect(cloud.state('errors')).toBe('ALARM');
    await cloud.kernel.advance(5 * MINUTE);
    expect(cloud.state('errors')).toBe(expected);
  });

  it('notices that a heartbeat never came', async () => {
    const cloud = new TestCloudWatch();
    alarm(cloud, 'heartbeat', {
      TreatMissingData: 'breaching',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
    });
    await cloud.kernel.advance(3 * MINUTE);
    expect(cloud.state('heartbeat')).toBe('ALARM');
  });

  it('costs nothing while its metric is still', async () => {
    const cloud = new TestCloudWatch();
    alarm(cloud, 'errors');
    cloud.put(5);
    let steps = 0;
    await cloud.kernel.advance(MINUTE);
    cloud.kernel.intercept({ before: () => void steps++ });
    await cloud.kernel.advance(365 * 24 * 60 * MINUTE);
    expect(steps).toBe(0);
    expect(cloud.state('errors')).toBe('INSUFFICIENT_DATA');
  });

  it('may be of others', async () => {
    const cloud = new TestCloudWatch();
    alarm(cloud, 'a');
    alarm(cloud, 'b', { MetricName: 'Other' });
    cloud.do('PutCompositeAlarm', { AlarmName: 'both', AlarmRule: 'ALARM("a") AND NOT (ALARM(b) OR FALSE)', AlarmActions: [TOPIC] });
    expect(cloud.state('both')).toBe('OK');
    cloud.put(5);
    await cloud.kernel.advance(MINUTE);
    expect(cloud.state('both')).toBe('ALARM');
    cloud.do('SetAlarmState', { AlarmName: 'b', StateValue: 'ALARM', StateReason: 'by hand' });
    expect(cloud.state('both')).toBe('OK');
    const broken = { AlarmName: 'x', AlarmRule: 'ALARM("a") AND' };
    expect(cloud.errorOf(() => cloud.do('PutCompositeAlarm', broken)).code).toBe('ValidationError');
    expect(cloud.errorOf(() => cloud.do('PutCompositeAlarm', { AlarmName: 'x', AlarmRule: 'OK(none)' })).message).toContain('none');
  });

  it('keeps quiet when its actions are switched off', async () => {
    const cloud = new TestCloudWatch();
    alarm(cloud, 'errors');
    cloud.do('DisableAlarmActions', { AlarmNames: ['errors'] });
    cloud.put(5);
    await cloud.kernel.advance(MINUTE);
    expect(cloud.state('errors')).toBe('ALARM');
    expect(cloud.topic.published).toEqual([]);
    cloud.do('DeleteAlarms', { AlarmNames: ['errors'] });
    expect(cloud.do('DescribeAlarms', {}).MetricAlarms).toEqual([]);
  });
});
