import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import {
  applyTarget,
  Consumer,
  type Deployment,
  EventStream,
  HandlerFunction,
  type HandlerFunctionProps,
  Projection,
} from '../../../lib/index.ts';
import { build } from '../readiness/systems.ts';
import { at, mentioned, resources, templateOf } from '../readiness/template.ts';

const entry = new URL('../readiness/handler.ts', import.meta.url);

function stackWith(deployment: Deployment | undefined, props: (stack: Stack) => Partial<HandlerFunctionProps> = () => ({})) {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Shop');
  const fn = new HandlerFunction(stack, 'Orders', { entry, ...(deployment === undefined ? {} : { deployment }), ...props(stack) });
  return { stack, fn, template: () => Template.fromStack(stack) };
}

describe('the deployment of a function', () => {
  it('is all at once by default: there is no alias, and the function itself is invoked', () => {
    for (const deployment of [undefined, 'all-at-once'] as const) {
      const { fn, template } = stackWith(deployment);
      expect(fn.live).toBe(fn);
      template().resourceCountIs('AWS::Lambda::Alias', 0);
      template().resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
    }
  });

  it.each([
    ['canary', 'canary' as const, 'CodeDeployDefault.LambdaCanary10Percent5Minutes'],
    ['linear', 'linear' as const, 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute'],
    [
      'canary of half an hour',
      { kind: 'canary', interval: Duration.minutes(30) } as const,
      'CodeDeployDefault.LambdaCanary10Percent30Minutes',
    ],
  ])('%s: CodeDeploy moves the alias, and back when an alarm is raised', (_, deployment, DeploymentConfigName) => {
    const template = stackWith(deployment).template();
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName,
      AlarmConfiguration: {
        Enabled: true,
        Alarms: [{ Name: { Ref: Match.stringLikeRegexp('Errors') } }, { Name: { Ref: Match.stringLikeRegexp('Failures') } }],
      },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
    });
    template.hasResource('AWS::Lambda::Alias', {
      Properties: { Name: 'live' },
      UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: { Ref: Match.stringLikeRegexp('Group') } } },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Errors', Threshold: 1 });
  });

  it('takes shares and times that CodeDeploy has no name for', () => {
    stackWith({ kind: 'linear', percent: 25, interval: Duration.minutes(7) })
      .template()
      .hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', {
        ComputePlatform: 'Lambda',
        TrafficRoutingConfig: { Type: 'TimeBasedLinear', TimeBasedLinear: { LinearInterval: 7, LinearPercentage: 25 } },
      });
  });

  it('watches other alarms, too, and leaves out its own on request', () => {
    const { stack, template } = stackWith(undefined);
    const slow = new Alarm(stack, 'Slow', {
      metric: new Metric({ namespace: 'Shop', metricName: 'Slow' }),
      threshold: 1,
      evaluationPeriods: 1,
    });
    new HandlerFunction(stack, 'Careful', { entry, deployment: { kind: 'canary', errors: false, alarms: [slow] } });
    template().hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      AlarmConfiguration: { Alarms: [{ Name: { Ref: Match.stringLikeRegexp('^Slow') } }] },
    });
  });

  it.each([
    [{ kind: 'canary', percent: 0 } as const, /0 percent/],
    [{ kind: 'linear', percent: 100 } as const, /100 percent/],
    [{ kind: 'canary', interval: Duration.seconds(90) } as const, /1.5 minutes/],
    [{ kind: 'linear', percent: 1, interval: Duration.minutes(30) } as const, /2970 minutes/],
  ])('refuses what CodeDeploy would refuse', (deployment, problem) => {
    expect(() => stackWith(deployment)).toThrow(problem);
  });

  it('gives the alias what becomes of asynchronous invocations', () => {
    stackWith('canary', (stack) => ({ overrides: { retryAttempts: 1, onFailure: new SqsDestination(new Queue(stack, 'Failed')) } }))
      .template()
      .hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        Qualifier: { 'Fn::Select': [7, { 'Fn::Split': [':', { Ref: Match.stringLikeRegexp('LiveAlias') }] }] },
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: Match.anyValue() },
      });
  });

  it('publishes a version for what constructs change about the function, too', () => {
    const version = (wire: boolean) => {
      const { stack, fn, template } = stackWith('canary');
      if (wire) new Consumer(stack, 'Mail', { handler: fn });
      return Object.keys(template().findResources('AWS::Lambda::Version'))[0];
    };
    expect(version(true)).not.toBe(version(false));
    expect(version(true)).toBe(version(true));
  });

  it('lets CodeDeploy move this alias and no other', () => {
    stackWith('canary')
      .template()
      .hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
              Resource: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Orders'), 'Arn'] }, { Ref: Match.stringLikeRegexp('^OrdersLiveAlias') }],
            },
          ],
        },
        Roles: [{ Ref: Match.stringLikeRegexp('^OrdersLiveRole') }],
      });
  });
});

describe('changing how a function is deployed', () => {
  const mappings = (deployment: Deployment) => {
    const { stack, fn, template } = stackWith(deployment);
    new EventStream(stack, 'Clicks').addConsumer('Count', { handler: fn });
    const more = (id: string) => new HandlerFunction(stack, id, { entry, deployment });
    new Consumer(stack, 'Mail', { handler: more('Send') });
    new Projection(stack, 'Board', { handler: more('Draw') });
    return Object.keys(template().findResources('AWS::Lambda::EventSourceMapping')).sort();
  };

  it('keeps every event source mapping: a new one would read its stream from the beginning again', () => {
    const before = mappings('all-at-once');
    expect(before).toHaveLength(3);
    expect(mappings('canary')).toEqual(before);
  });
});

describe('whoever invokes a function that is deployed gradually', () => {
  const { app, stack } = build('GradualDeployment');
  const template = templateOf(app, stack);
  const aliases = new Map(resources(template, 'AWS::Lambda::Alias').map((alias) => [alias.id, mentioned(alias.get('FunctionName'))[0]]));
  const behind = new Set(aliases.values());
  const bare = (value: unknown): string[] => mentioned(value).filter((id) => behind.has(id));

  it.each([
    ['queues and streams', 'AWS::Lambda::EventSourceMapping', ['FunctionName']],
    ['services with a permission', 'AWS::Lambda::Permission', ['FunctionName']],
    ['rules', 'AWS::Events::Rule', ['Targets']],
    ['routes of an API', 'AWS::ApiGateway::Method', ['Integration', 'Uri']],
    ['steps of a saga', 'AWS::StepFunctions::StateMachine', ['DefinitionString']],
  ] as const)('%s: asks its alias, not the function', (_, type, path) => {
    const invoking = resources(template, type).filter((entry) => mentioned(entry.get(...path)).some((id) => aliases.has(id)));
    expect(invoking.length).toBeGreaterThan(0);
    for (const entry of invoking) expect(bare(entry.get(...path)), entry.id).toEqual([]);
    const other = resources(template, type).filter((entry) => !invoking.includes(entry));
    for (const entry of other) expect(bare(entry.get(...path)), entry.id).toEqual([]);
  });

  it('a role of somebody who starts it may invoke the alias', () => {
    const machine = resources(template, 'AWS::IAM::Policy').filter((policy) =>
      JSON.stringify(policy.get('PolicyDocument')).includes('lambda:InvokeFunction'),
    );
    expect(machine.flatMap((policy) => mentioned(at(policy.get('PolicyDocument'), 'Statement'))).some((id) => aliases.has(id))).toBe(true);
  });
});

describe('where there is no CodeDeploy', () => {
  it.each(['localstack', 'ministack'])('on %s a new version takes over at once, and nothing names what is left out', (target) => {
    const { app, stack } = build('GradualDeployment', { 'millrace:target': target });
    applyTarget(app);
    const template = templateOf(app, stack);
    expect(resources(template).filter(({ Type }) => Type.startsWith('AWS::CodeDeploy'))).toEqual([]);
    for (const alias of resources(template, 'AWS::Lambda::Alias')) expect(alias.UpdatePolicy).toBeUndefined();
    const all = new Set(resources(template).map(({ id }) => id));
    const dangling = resources(template)
      .flatMap(({ Properties }) => mentioned(Properties))
      .filter((id) => !id.startsWith('AWS') && !all.has(id));
    expect(dangling).toEqual([]);
  });
});
