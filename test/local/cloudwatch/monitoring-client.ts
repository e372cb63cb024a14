import { AwsError, type CallContext, Kernel, type Service } from '../../../local/kernel/index.ts';
import { CloudWatchService } from '../../../local/services/cloudwatch/index.ts';

/** Records what is published. */
class TopicDouble implements Service {
  readonly name = 'sns';
  readonly published: { readonly subject: string; readonly message: Record<string, unknown>; readonly principal: string }[] = [];

  invoke(_operation: string, input: { readonly Subject?: string; readonly Message?: string }, context: CallContext): object {
    this.published.push({ subject: input.Subject ?? '', message: JSON.parse(input.Message ?? '{}'), principal: context.principal });
    return { MessageId: '1' };
  }
}

/** CloudWatch and a topic, on a virtual clock. */
export class TestCloudWatch {
  readonly kernel = new Kernel();
  readonly topic = new TopicDouble();

  constructor() {
    this.kernel.register(new CloudWatchService(this.kernel));
    this.kernel.register(this.topic);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as with the SDK
  do<Output extends object = any>(operation: string, input: object, principal?: string): Output {
    return this.kernel.invoke({ service: 'cloudwatch', operation, input, ...(principal === undefined ? {} : { principal }) }) as Output;
  }

  put(Value: number, more: object = {}): void {
    this.do('PutMetricData', { Namespace: 'App', MetricData: [{ MetricName: 'Errors', Value, ...more }] });
  }

  /** Values of the last hour by period, oldest first. */
  values(Stat: string, Period = 60, more: object = {}): number[] {
    const metric = { Namespace: 'App', MetricName: 'Errors', ...more };
    return this.do('GetMetricData', {
      StartTime: new Date(this.kernel.now() - 3_600_000),
      EndTime: new Date(this.kernel.now() + 60_000),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [{ Id: 'q', MetricStat: { Metric: metric, Period, Stat } }],
    }).MetricDataResults[0].Values;
  }

  state(name: string): string {
    const { MetricAlarms, CompositeAlarms } = this.do('DescribeAlarms', {
      AlarmNames: [name],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    });
    return (MetricAlarms[0] ?? CompositeAlarms[0]).StateValue;
  }

  errorOf(act: () => unknown): AwsError {
    try {
      act();
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
    throw new Error('There was no error.');
  }
}
