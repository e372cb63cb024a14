import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { applyTarget, EventBus, HandlerFunction, TARGET_METADATA, type TargetName } from '../../../lib/index.ts';

function stackFor(target: TargetName | undefined, build: (stack: Stack) => void): Stack {
  const app = new App(target === undefined ? {} : { context: { 'millrace:target': target } });
  const stack = new Stack(app, 'Orders');
  build(stack);
  applyTarget(app);
  return stack;
}

describe('a target', () => {
  it('that is AWS changes nothing', () => {
    const template = Template.fromStack(stackFor(undefined, (stack) => new EventBus(stack, 'Bus')));
    template.resourceCountIs('AWS::Events::Archive', 1);
    expect(template.toJSON().Metadata).toBeUndefined();
  });

  it.each(['localstack', 'ministack'] as const)('that lacks a type leaves it out and says so: %s', (target) => {
    const stack = stackFor(target, (scope) => {
      new EventBus(scope, 'Bus');
      new Queue(scope, 'Jobs');
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Events::Archive', 0);
    template.resourceCountIs('AWS::SQS::Queue', 1);
    expect(template.toJSON().Metadata[TARGET_METADATA]).toEqual({
      target,
      omitted: [
        { path: 'Orders/Bus/Bus/Archive/Archive', type: 'AWS::Events::Archive', effect: expect.stringContaining('cannot be replayed') },
      ],
      replaced: [],
    });
    Annotations.fromStack(stack).hasInfo('/Orders', Match.stringLikeRegexp('Left out for .*Archive'));
  });

  it('that lacks CodeDeploy has aliases that move all at once, and says so', () => {
    const stack = stackFor('ministack', (scope) => {
      new HandlerFunction(scope, 'Sell', { entry: new URL('../feature-flags/reading.ts', import.meta.url), deployment: 'canary' });
    });
    const template = Template.fromStack(stack);
    for (const [, alias] of Object.entries(template.findResources('AWS::Lambda::Alias'))) expect(alias.UpdatePolicy).toBeUndefined();
    template.resourceCountIs('AWS::Lambda::Alias', 1);
    expect(template.toJSON().Metadata[TARGET_METADATA].replaced).toEqual([
      { path: 'Orders/Sell/Live/Alias/Resource', type: 'AWS::Lambda::Alias', effect: expect.stringContaining('all at once') },
    ]);
  });

  it('may be one of the user, for an endpoint that nobody here knows', () => {
    const stack = new Stack(new App(), 'Orders');
    new EventBus(stack, 'Bus');
    applyTarget(stack, {
      name: 'emulator',
      lacks: { 'AWS::Events::Archive': { action: 'omit', effect: 'events cannot be replayed' } },
      behaves: {},
    });
    expect(Template.fromStack(stack).toJSON().Metadata[TARGET_METADATA]).toMatchObject({
      target: 'emulator',
      omitted: [{ type: 'AWS::Events::Archive' }],
    });
  });

  it('refuses what cannot be left out, at its construct path', () => {
    const stack = stackFor('localstack', (scope) => new HttpApi(scope, 'Http'));
    Annotations.fromStack(stack).hasError('/Orders/Http/Resource', Match.stringLikeRegexp('has no AWS::ApiGatewayV2::Api'));
  });

  it('that nobody knows is refused', () => {
    const app = new App({ context: { 'millrace:target': 'azure' } });
    expect(() => applyTarget(app)).toThrow('millrace:target is "azure"; it must be one of aws, localstack, ministack');
  });
});
