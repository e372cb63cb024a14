import { Stack } from 'aws-cdk-lib';
import {
  CfnApplication,
  CfnConfigurationProfile,
  CfnDeployment,
  CfnDeploymentStrategy,
  CfnEnvironment,
  CfnHostedConfigurationVersion,
} from 'aws-cdk-lib/aws-appconfig';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENVIRONMENT, variable } from '../../lambdas/runtime/context/environment.ts';
import { acknowledge, constructName, type EncryptionProps, grantKey, setVariables, stageOf, tagConstruct } from '../shared/index.ts';
import { documentOf } from './document.ts';

/** On or off, with attributes that go with it. */
export interface FlagValue {
  readonly enabled: boolean;
  /** @default none */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** @default none */
  readonly description?: string;
}

/** How fast a change reaches the function instances. */
export type FlagRollout = 'all-at-once' | 'half-a-minute' | 'linear' | 'canary';

export interface FeatureFlagsProps extends EncryptionProps {
  /** Values by name: a lower-case letter, then up to 63 letters, digits, '-' or '_'. They are deployed when they change. */
  readonly flags: Readonly<Record<string, boolean | FlagValue>>;
  /**
   * How a change spreads, and how long alarms are watched after it has; the stack's deployment waits for both.
   * - `all-at-once`: at once, and is not watched; with `rollbackAlarms` it is, for 10 minutes.
   * - `half-a-minute`: half, then all after 30 seconds; 1 minute in all, watched for 1 more.
   * - `linear`: a fifth each 6 minutes; 30 minutes in all, watched for 30 more.
   * - `canary`: 10 percent, growing exponentially; 20 minutes in all, watched for 10 more.
   *
   * All but the first are {@link https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-deployment-strategy-predefined.html predefined by AppConfig}.
   * @default 'all-at-once'
   */
  readonly rollout?: FlagRollout;
  /** Alarms that take a change back while it is rolled out. @default none */
  readonly rollbackAlarms?: readonly IAlarm[];
}

const PREDEFINED: Readonly<Record<Exclude<FlagRollout, 'all-at-once'>, string>> = {
  'half-a-minute': 'AppConfig.Linear50PercentEvery30Seconds',
  linear: 'AppConfig.Linear20PercentEvery6Minutes',
  canary: 'AppConfig.Canary10Percent20Minutes',
};

/**
 * Feature flags in AppConfig: changed without a deployment of code, rolled out little by little, taken back by alarms. Functions read them with
 * `flag()` of `millrace/runtime`.
 *
 * The values here are deployed whenever they change here. What is changed in the console in the meantime stays until then.
 * @throws Error for a name or an attribute that AppConfig would refuse
 * @example
 * const flags = new FeatureFlags(this, 'Flags', { flags: { rankByPrice: false, search: { enabled: true, attributes: { limit: 50 } } } });
 * flags.grantRead(search);
 * @see https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-configuration-and-profile-feature-flags.html
 */
export class FeatureFlags extends Construct {
  readonly application: CfnApplication;
  readonly environment: CfnEnvironment;
  readonly profile: CfnConfigurationProfile;
  readonly #props: FeatureFlagsProps;

  constructor(scope: Construct, id: string, props: FeatureFlagsProps) {
    super(scope, id);
    tagConstruct(this, 'FeatureFlags');
    this.#props = props;
    const stage = stageOf(this);
    this.application = new CfnApplication(this, 'Application', { name: nameOf(this), description: `Flags of ${this.node.path}` });
    const applicationId = this.application.ref;
    this.environment = new CfnEnvironment(this, 'Environment', {
      applicationId,
      name: stage,
      // A dev stack goes even when its flags were read in the last hour.
      ...(stage === 'dev' ? { deletionProtectionCheck: 'BYPASS' } : {}),
      ...this.#monitors(props),
    });
    const key = props.encryptionKey;
    this.profile = new CfnConfigurationProfile(this, 'Profile', {
      applicationId,
      name: 'flags',
      locationUri: 'hosted',
      type: 'AWS.AppConfig.FeatureFlags',
      ...(stage === 'dev' ? { deletionProtectionCheck: 'BYPASS' } : {}),
      ...(key === undefined ? {} : { kmsKeyIdentifier: key.keyArn }),
    });
    const version = new CfnHostedConfigurationVersion(this, 'Values', {
      applicationId,
      configurationProfileId: this.profile.ref,
      contentType: 'application/json',
      content: JSON.stringify(documentOf(this.node.path, props.flags)),
    });
    new CfnDeployment(this, 'Deployment', {
      applicationId,
      environmentId: this.environment.ref,
      configurationProfileId: this.profile.ref,
      configurationVersion: version.ref,
      deploymentStrategyId: this.#strategy(props),
      ...(key === undefined ? {} : { kmsKeyIdentifier: key.keyArn }),
    });
  }

  /**
   * Lets a function read the flags, and tells it where they are.
   * @param options.name tells flags apart of a function that reads several: the `name` given to `featureFlags()`
   */
  grantRead(fn: IFunction, options: { /** @default the function's only flags */ readonly name?: string } = {}): void {
    const place = [this.application.ref, this.environment.ref, this.profile.ref] as const;
    const [application, environment, profile] = place;
    fn.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
        resources: [
          Stack.of(this).formatArn({
            service: 'appconfig',
            resource: 'application',
            resourceName: `${application}/environment/${environment}/configuration/${profile}`,
          }),
        ],
      }),
    );
    grantKey(this.#props.encryptionKey, fn);
    setVariables(fn, this.node.path, { [variable(ENVIRONMENT.flags, options.name)]: place.join('/') });
  }

  /** AppConfig's own strategy for all at once (`AppConfig.AllAtOnce`) lets every deployment wait for 10 minutes, alarms or not. */
  #strategy({ rollout = 'all-at-once', rollbackAlarms = [] }: FeatureFlagsProps): string {
    if (rollout !== 'all-at-once') return PREDEFINED[rollout];
    return new CfnDeploymentStrategy(this, 'AllAtOnce', {
      name: nameOf(this),
      deploymentDurationInMinutes: 0,
      growthFactor: 100,
      finalBakeTimeInMinutes: rollbackAlarms.length > 0 ? 10 : 0,
      replicateTo: 'NONE',
    }).ref;
  }

  #monitors({ rollbackAlarms = [] }: FeatureFlagsProps): { monitors?: CfnEnvironment.MonitorsProperty[] } {
    if (rollbackAlarms.length === 0) return {};
    const role = new Role(this, 'MonitorRole', {
      assumedBy: new ServicePrincipal('appconfig.amazonaws.com'),
      inlinePolicies: {
        Alarms: new PolicyDocument({ statements: [new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] })] }),
      },
    });
    const { defaultChild } = role.node;
    if (defaultChild) {
      acknowledge(defaultChild, {
        'AwsSolutions-IAM5[Resource::*]': 'AppConfig asks for all its alarms at once, which CloudWatch allows on * only.',
      });
    }
    return { monitors: rollbackAlarms.map(({ alarmArn }) => ({ alarmArn, alarmRoleArn: role.roleArn })) };
  }
}

/** Names of applications and strategies have 64 characters at most. */
function nameOf(flags: Construct): string {
  const readable = constructName(flags);
  return readable.length <= 64 ? readable : `${readable.slice(0, 47)}-${flags.node.addr.slice(0, 16)}`;
}
