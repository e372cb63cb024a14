import { AwsError, type CallContext, type Kernel, type Service } from '../../kernel/index.ts';
import { Alarms } from './alarms/alarms.ts';
import { MetricStore } from './metrics/metric-store.ts';
import { alarmOperations } from './operations/alarm-operations.ts';
import { dashboardOperations } from './operations/dashboard-operations.ts';
import { metricOperations } from './operations/metric-operations.ts';
import type { Operations } from './operations/operation.ts';

/** Amazon CloudWatch: metrics, also those embedded in logs; alarms on one metric, evaluated; composite alarms; dashboards, kept. */
export class CloudWatchService implements Service {
  readonly name = 'cloudwatch';
  readonly #operations: Operations;

  constructor(kernel: Kernel) {
    const metrics = new MetricStore();
    const now = (): number => kernel.now();
    this.#operations = {
      ...metricOperations(metrics, now),
      ...alarmOperations(new Alarms(kernel, metrics), now),
      ...dashboardOperations(now),
    };
  }

  invoke(operation: string, input: object, context: CallContext): object {
    const run = this.#operations[operation];
    if (!run) throw new AwsError('UnknownOperationException', `Amazon CloudWatch has no operation ${operation} here.`);
    return run(input as never, context);
  }
}
