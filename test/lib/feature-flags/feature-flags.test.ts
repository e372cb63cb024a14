import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { App, CfnOutput, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { LocalCloud } from 'millrace/local';
import { synthesizeLocally } from 'millrace/testing';
import { describe, expect, it } from 'vitest';
import { FeatureFlags, type FeatureFlagsProps, HandlerFunction } from '../../../lib/index.ts';
import { FAST, fn } from '../readiness/systems.ts';

const FLAGS = {
  rankByPrice: true,
  search: { enabled: true, attributes: { limit: 50 }, description: 'How we search' },
  off: false,
} as const;

function flagsWith(
  props: Partial<FeatureFlagsProps> | ((stack: Stack) => Partial<FeatureFlagsProps>) = {},
  context: Record<string, unknown> = {},
) {
  const stack = new Stack(new App({ context: { ...FAST, ...context } }), 'Shop');
  const flags = new FeatureFlags(stack, 'Flags', { flags: FLAGS, ...(typeof props === 'function' ? props(stack) : props) });
  return { stack, flags, template: () => Template.fromStack(stack) };
}

const slow = (stack: Stack): Alarm =>
  new Alarm(stack, 'Slow', { metric: new Metric({ namespace: 'Shop', metricName: 'Slow' }), threshold: 1, evaluationPeriods: 1 });

describe('FeatureFlags', () => {
  it('keeps and deploys its values', () => {
    const template = flagsWith().template();
    template.hasResourceProperties('AWS::AppConfig::ConfigurationProfile', { LocationUri: 'hosted', Type: 'AWS.AppConfig.FeatureFlags' });
    template.hasResourceProperties('AWS::AppConfig::Deployment', {
      DeploymentStrategyId: { Ref: Match.stringLikeRegexp('AllAtOnce') },
      ConfigurationVersion: { Ref: Match.stringLikeRegexp('Values') },
    });
    const [version] = Object.values(template.findResources('AWS::AppConfig::HostedConfigurationVersion'));
    expect(JSON.parse(version?.Properties.Content)).toEqual({
      version: '1',
      flags: {
        rankByPrice: { name: 'rankByPrice' },
        search: { name: 'search', description: 'How we search', attributes: { limit: { constraints: { type: 'number' } } } },
        off: { name: 'off' },
      },
      values: { rankByPrice: { enabled: true }, search: { enabled: true, limit: 50 }, off: { enabled: false } },
    });
  });

  it('has a change out at once: a deployment waits for nothing, unless alarms have to be watched', () => {
    const atOnce = { Name: 'Shop/Flags', DeploymentDurationInMinutes: 0, GrowthFactor: 100, ReplicateTo: 'NONE' };
    flagsWith()
      .template()
      .hasResourceProperties('AWS::AppConfig::DeploymentStrategy', { ...atOnce, FinalBakeTimeInMinutes: 0 });
    flagsWith((stack) => ({ rollbackAlarms: [slow(stack)] }))
      .template()
      .hasResourceProperties('AWS::AppConfig::DeploymentStrategy', { ...atOnce, FinalBakeTimeInMinutes: 10 });
    flagsWith({ rollout: 'canary' }).template().resourceCountIs('AWS::AppConfig::DeploymentStrategy', 0);
  });

  it('has names that AppConfig takes, in nested stacks too', () => {
    const nested = new NestedStack(new Stack(new App({ context: FAST }), 'Shop'), 'Inside');
    new FeatureFlags(nested, `Flags${'x'.repeat(60)}`, { flags: FLAGS });
    for (const type of ['AWS::AppConfig::Application', 'AWS::AppConfig::DeploymentStrategy']) {
      Template.fromStack(nested).hasResourceProperties(type, { Name: Match.stringLikeRegexp('^Shop/Inside/Flags.{47}$') });
    }
  });

  it('rolls a change out slowly, and takes it back by alarms', () => {
    const template = flagsWith((stack) => ({
      rollout: 'linear',
      rollbackAlarms: [slow(stack)],
    })).template();
    template.hasResourceProperties('AWS::AppConfig::Deployment', { DeploymentStrategyId: 'AppConfig.Linear20PercentEvery6Minutes' });
    template.hasResourceProperties('AWS::AppConfig::Environment', {
      Monitors: [{ AlarmArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Slow'), 'Arn'] }, AlarmRoleArn: Match.anyValue() }],
    });
  });

  it('lets a function read these flags and no others, and tells it where they are', () => {
    const { stack, flags, template } = flagsWith();
    flags.grantRead(fn(stack, 'Search'));
    flags.grantRead(fn(stack, 'Prices'), { name: 'prices' });
    for (const [name, variable] of [
      ['Search', 'MILLRACE_FLAGS'],
      ['Prices', 'MILLRACE_FLAGS_PRICES'],
    ] as const) {
      const [found] = Object.entries(template().findResources('AWS::Lambda::Function')).filter(([id]) => id.startsWith(name));
      expect(Object.keys(found?.[1].Properties.Environment.Variables)).toContain(variable);
    }
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
            Resource: {
              'Fn::Join': ['', Match.arrayWith([':application/', { Ref: Match.stringLikeRegexp('FlagsApplication') }, '/environment/'])],
            },
          }),
        ]),
      },
    });
  });

  it.each([
    [{ 'Rank-by-price': true }, /"Rank-by-price" cannot be the name/],
    [{ search: { enabled: true, attributes: { enabled: false } } }, /"enabled" cannot be the name/],
  ])('refuses a name that AppConfig would refuse', (flags, problem) => {
    expect(() => flagsWith({ flags })).toThrow(problem);
  });

  it('reaches the functions of a stack on the local cloud', async () => {
    const assembly = synthesizeLocally((app) => {
      const stack = new Stack(app, 'Shop');
      const reading = new HandlerFunction(stack, 'Reading', { entry: new URL('./reading.ts', import.meta.url) });
      new FeatureFlags(stack, 'Flags', { flags: FLAGS }).grantRead(reading);
      new CfnOutput(stack, 'Function', { value: reading.functionName });
    });
    const cloud = await LocalCloud.fromAssembly(assembly.directory);
    try {
      const lambda = cloud.client(new LambdaClient({}));
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: String(cloud.outputs.Function) }));
      expect(JSON.parse(new TextDecoder().decode(Payload))).toEqual({
        rankByPrice: true,
        search: { enabled: true, limit: 50 },
        off: { enabled: false },
        unheard: true,
      });
    } finally {
      await cloud.stop();
      assembly.remove();
    }
  });
});
