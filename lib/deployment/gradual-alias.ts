import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ILambdaDeploymentConfig,
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
  TimeBasedCanaryTrafficRouting,
  TimeBasedLinearTrafficRouting,
} from 'aws-cdk-lib/aws-codedeploy';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type EventInvokeConfigOptions, type IVersion, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

import { Construct } from 'constructs';
import { ALARM_PERIOD, acknowledge, createAlarm } from '../shared/index.ts';
import { type GradualDeployment, type Shift, shiftOf } from './deployment.ts';

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
 * Alarm `Errors` (warning: an invocation through the alias failed; during a deployment it takes the new version back).
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-lambda.html
 */
export class GradualAlias extends Construct {
  readonly alias: Alias;
  readonly deploymentGroup: LambdaDeploymentGroup;
  readonly errors: Alarm | undefined;

  constructor(fn: LambdaFunction, id: string, deployment: GradualDeployment, asynchronous: EventInvokeConfigOptions = {}) {
    super(fn, id);
    this.alias = new Alias(this, 'Alias', { aliasName: 'live', version: fn.currentVersion as IVersion, ...asynchronous });
    this.errors =
      deployment.errors === false
        ? undefined
        : createAlarm(this, 'Errors', {
            severity: 'warning',
            metric: this.alias.metricErrors({ period: ALARM_PERIOD, statistic: 'Sum' }),
            threshold: deployment.errors ?? 1,
            description: `Invocations of ${fn.node.path} fail. If a new version is taking over, it is taken back.`,
          });
    this.deploymentGroup = new LambdaDeploymentGroup(this, 'Group', {
      alias: this.alias,
      application: new LambdaApplication(this, 'Application'),
      deploymentConfig: this.#configuration(shiftOf(deployment)),
      alarms: [...(this.errors ? [this.errors] : []), ...(deployment.alarms ?? [])],
      autoRollback: { failedDeployment: true, stoppedDeployment: true },
      role: this.#role(fn).withoutPolicyUpdates(),
    });
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
