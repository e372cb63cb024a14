import { Duration } from 'aws-cdk-lib';
import { type Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ILambdaDeploymentConfig,
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
  TimeBasedCanaryTrafficRouting,
  TimeBasedLinearTrafficRouting,
} from 'aws-cdk-lib/aws-codedeploy';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { EventInvokeConfigOptions, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FAILURES_METRIC, METRICS_NAMESPACE } from '../../lambdas/runtime/context/environment.ts';
import { ALARM_PERIOD, acknowledge, createAlarm } from '../shared/index.ts';
import { type GradualDeployment, type Shift, shiftOf } from './deployment.ts';
import { LiveAlias } from './live-alias.ts';

/** Shares and minutes for which CodeDeploy has a configuration of its own. */
const PREDEFINED: Readonly<Record<string, ILambdaDeploymentConfig>> = {
  'canary 10 5': LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  'canary 10 10': LambdaDeploymentConfig.CANARY_10PERCENT_10MINUTES,
  'canary 10 15': LambdaDeploymentConfig.CANARY_10PERCENT_15MINUTES,
  'canary 10 30': LambdaDeploymentConfig.CANARY_10PERCENT_30MINUTES,
  'linear 10 1': LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE,
  'linear 10 2': LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_2MINUTES,
  'linear 10 3': LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_3MINUTES,
  'linear 10 10': LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_10MINUTES,
};

/**
 * The alias `live` of a function, which CodeDeploy moves from version to version: little by little, and back when an alarm is raised.
 *
 * Alarms: `Errors` (warning: an invocation through the alias failed) and `Failures` (warning: a handler of the runtime answered a request with a
 * fault, or gave back or set aside a message). During a deployment they take the new version back.
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-lambda.html
 */
export class GradualAlias extends Construct {
  readonly alias: LiveAlias;
  readonly deploymentGroup: LambdaDeploymentGroup;
  readonly errors: Alarm | undefined;
  readonly failures: Alarm | undefined;

  /** @param service under which the function's metrics appear */
  constructor(fn: LambdaFunction, id: string, service: string, deployment: GradualDeployment, asynchronous: EventInvokeConfigOptions = {}) {
    super(fn, id);
    this.alias = new LiveAlias(this, 'Alias', fn, asynchronous);
    const sum = { period: ALARM_PERIOD, statistic: 'Sum' };
    const failures = new Metric({ namespace: METRICS_NAMESPACE, metricName: FAILURES_METRIC, dimensionsMap: { service }, ...sum });
    this.errors = this.#alarm('Errors', deployment, this.alias.metricErrors(sum), `Invocations of ${fn.node.path} fail.`);
    this.failures = this.#alarm('Failures', deployment, failures, `${fn.node.path} fails at requests or messages.`);
    this.deploymentGroup = new LambdaDeploymentGroup(this, 'Group', {
      alias: this.alias,
      application: new LambdaApplication(this, 'Application'),
      deploymentConfig: this.#configuration(shiftOf(deployment)),
      alarms: [...[this.errors, this.failures].filter((alarm) => alarm !== undefined), ...(deployment.alarms ?? [])],
      autoRollback: { failedDeployment: true, stoppedDeployment: true },
      role: this.#role(fn).withoutPolicyUpdates(),
    });
  }

  #alarm(id: string, { errors = 1 }: GradualDeployment, metric: Metric, what: string): Alarm | undefined {
    if (errors === false) return undefined;
    const description = `${what} If a new version is taking over, it is taken back.`;
    return createAlarm(this, id, { severity: 'warning', metric, threshold: errors, description });
  }

  #configuration(shift: Shift): ILambdaDeploymentConfig {
    const known = PREDEFINED[`${shift.kind} ${shift.percent} ${shift.minutes}`];
    if (known) return known;
    const times = { interval: Duration.minutes(shift.minutes), percentage: shift.percent };
    const trafficRouting = shift.kind === 'canary' ? new TimeBasedCanaryTrafficRouting(times) : new TimeBasedLinearTrafficRouting(times);
    return new LambdaDeploymentConfig(this, 'Configuration', { trafficRouting });
  }

  /** AWS's managed policy for this (`AWSCodeDeployRoleForLambdaLimited`) may move every alias of the account. */
  #role(fn: LambdaFunction): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      description: `Moves the alias of ${fn.node.path}`.slice(0, 1_000),
      inlinePolicies: {
        Alarms: new PolicyDocument({ statements: [new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] })] }),
      },
    });
    const { defaultChild } = role.node;
    if (defaultChild) {
      acknowledge(defaultChild, {
        'AwsSolutions-IAM5[Resource::*]': 'CodeDeploy asks for all its alarms at once, which CloudWatch allows on * only.',
      });
    }
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
        resources: [fn.functionArn, this.alias.functionArn],
      }),
    );
    return role;
  }
}
