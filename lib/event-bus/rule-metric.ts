import { Fn } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEventBus, IRule } from 'aws-cdk-lib/aws-events';
import { ALARM_PERIOD } from '../shared/index.ts';

/** What EventBridge measures of a rule (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html). */
export function ruleMetric(bus: IEventBus, rule: IRule, metricName: string, options: MetricOptions): Metric {
  return new Metric({
    namespace: 'AWS/Events',
    metricName,
    dimensionsMap: dimensionsOf(bus, rule),
    statistic: 'Sum',
    period: ALARM_PERIOD,
    ...options,
  });
}

/**
 * The name is taken from the ARN, `…:rule/<bus>/<name>`: what CloudFormation calls the name of a rule on a custom bus is `<bus>|<name>`, under
 * which nothing is measured. Rules of the default bus are measured, and have ARNs, without their bus.
 */
function dimensionsOf({ eventBusName }: IEventBus, { ruleArn }: IRule): Record<string, string> {
  const parts = Fn.split('/', ruleArn);
  return eventBusName === 'default' ? { RuleName: Fn.select(1, parts) } : { EventBusName: eventBusName, RuleName: Fn.select(2, parts) };
}
