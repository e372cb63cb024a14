import { describe, expect, it } from 'vitest';
import { TestCloudWatch } from './monitoring-client.ts';

describe('metrics', () => {
  it('are summed up by period and statistic', async () => {
    const cloud = new TestCloudWatch();
    for (const value of [1, 2, 6]) cloud.put(value);
    await cloud.kernel.advance(60_000);
    cloud.put(10);
    expect(cloud.values('Sum')).toEqual([9, 10]);
    expect(cloud.values('Average')).toEqual([3, 10]);
    expect(cloud.values('Minimum')).toEqual([1, 10]);
    expect(cloud.values('Maximum')).toEqual([6, 10]);
    expect(cloud.values('SampleCount')).toEqual([3, 1]);
    expect(cloud.values('Sum', 300)).toEqual([19]);
    expect(cloud.values('p50', 300)).toEqual([2]);
    expect(cloud.values('p100', 300)).toEqual([10]);
    const statistics = cloud.do('GetMetricStatistics', {
      Namespace: 'App',
      MetricName: 'Errors',
      Period: 60,
      StartTime: new Date(cloud.kernel.now() - 60_000),
      EndTime: new Date(cloud.kernel.now()),
      Statistics: ['Sum'],
      ExtendedStatistics: ['p90'],
    });
    expect(statistics).toEqual({
      Label: 'Errors',
      Datapoints: [{ Timestamp: new Date(cloud.kernel.now() - 60_000), Unit: 'None', Sum: 9, ExtendedStatistics: { p90: 6 } }],
    });
  });

  it('are told apart by dimensions, in whatever order', () => {
    const cloud = new TestCloudWatch();
    cloud.put(1);
    cloud.put(2, {
      Dimensions: [
        { Name: 'a', Value: '1' },
        { Name: 'b', Value: '2' },
      ],
    });
    expect(cloud.values('Sum')).toEqual([1]);
    expect(
      cloud.values('Sum', 60, {
        Dimensions: [
          { Name: 'b', Value: '2' },
          { Name: 'a', Value: '1' },
        ],
      }),
    ).toEqual([2]);
    expect(cloud.values('Sum', 60, { Dimensions: [{ Name: 'a', Value: '1' }] })).toEqual([]);
    expect(cloud.do('ListMetrics', { Namespace: 'App', Dimensions: [{ Name: 'a' }] }).Metrics).toHaveLength(1);
  });

  it('take values with counts, and summaries', () => {
    const cloud = new TestCloudWatch();
    cloud.do('PutMetricData', {
      Namespace: 'App',
      MetricData: [
        { MetricName: 'Errors', Values: [1, 5], Counts: [3, 1] },
        { MetricName: 'Errors', StatisticValues: { Sum: 20, Minimum: 4, Maximum: 9, SampleCount: 4 } },
      ],
    });
    expect([cloud.values('Sum'), cloud.values('SampleCount'), cloud.values('Maximum')]).toEqual([[28], [8], [9]]);
  });

  it('come out of log lines', () => {
    const cloud = new TestCloudWatch();
    const document = {
      _aws: {
        Timestamp: cloud.kernel.now(),
        CloudWatchMetrics: [
          {
            Namespace: 'App',
            Dimensions: [['service'], ['service', 'operation'], ['absent'], []],
            Metrics: [{ Name: 'Errors', Unit: 'Count' }, { Name: 'Latency', Unit: 'Milliseconds' }, { Name: 'Missing' }],
          },
        ],
      },
      service: 'booking',
      operation: 'reserve',
      Errors: 2,
      Latency: [10, 30],
    };
    cloud.do('PutEmbeddedMetrics', { logGroupName: '/aws/lambda/f', timestamp: cloud.kernel.now(), document }, 'logs.amazonaws.com');
    const service = { Dimensions: [{ Name: 'service', Value: 'booking' }] };
    expect(cloud.values('Sum', 60, service)).toEqual([2]);
    expect(cloud.values('Sum')).toEqual([2]);
    expect(cloud.values('Average', 60, { ...service, MetricName: 'Latency' })).toEqual([20]);
    expect(cloud.do('ListMetrics', {}).Metrics).toHaveLength(6);
    cloud.do('PutEmbeddedMetrics', { document: { _aws: 'nonsense' } });
  });

  it('refuse what CloudWatch refuses', () => {
    const cloud = new TestCloudWatch();
    expect(cloud.errorOf(() => cloud.do('PutMetricData', { Namespace: 'AWS/SQS', MetricData: [] })).code).toBe(
      'InvalidParameterValueException',
    );
    cloud.do('PutMetricData', { Namespace: 'AWS/SQS', MetricData: [{ MetricName: 'x', Value: 1 }] }, 'sqs.amazonaws.com');
    expect(cloud.errorOf(() => cloud.put(Number.NaN)).code).toBe('InvalidParameterValueException');
    expect(cloud.errorOf(() => cloud.put(1, { Timestamp: new Date(cloud.kernel.now() + 3 * 3_600_000) })).code).toBe(
      'InvalidParameterValueException',
    );
    expect(cloud.errorOf(() => cloud.values('Median')).code).toBe('InvalidParameterValueException');
    expect(cloud.errorOf(() => cloud.values('Sum', 61)).code).toBe('InvalidParameterValueException');
  });
});
