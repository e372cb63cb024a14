import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus as AwsEventBus } from 'aws-cdk-lib/aws-events';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineEvent } from '../../../lambdas/contracts/index.ts';
import {
  EventBus,
  type EventBusProps,
  type RouteTarget,
  toBus,
  toFunction,
  toQueue,
  toStateMachine,
  toStream,
  toTopic,
} from '../../../lib/event-bus/index.ts';
import { HandlerFunction } from '../../../lib/function/index.ts';

const data = z.object({ id: z.string() });
const Confirmed = defineEvent('air.booking.confirmed', { version: 1, subject: ({ id }) => id, data });
const Rejected = defineEvent('air.booking.rejected', { version: 1, subject: ({ id }) => id, data, source: 'air.bookings' });
const entry = new URL('../function/sdk-handler.ts', import.meta.url);

function busOf(props: EventBusProps | ((stack: Stack) => EventBusProps) = {}) {
  const stack = new Stack(new App({ context: { 'millrace:aws-sdk': 'runtime' } }), 'Air');
  const bus = new EventBus(stack, 'Bus', typeof props === 'function' ? props(stack) : props);
  return { stack, bus, template: () => Template.fromStack(stack) };
}

const TARGETS: Record<string, (stack: Stack) => RouteTarget> = {
  queue: (stack) => toQueue(new Queue(stack, 'Jobs')),
  topic: (stack) => toTopic(new Topic(stack, 'News')),
  stream: (stack) => toStream(new Stream(stack, 'Flow')),
  function: (stack) => toFunction(new HandlerFunction(stack, 'Fn', { entry })),
  'state machine': (stack) =>
    toStateMachine(new StateMachine(stack, 'Saga', { definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Pass')) })),
  bus: (stack) => toBus(new AwsEventBus(stack, 'Other')),
};

describe('EventBus', () => {
  it('archives every event for 30 days', () => {
    busOf()
      .template()
      .hasResourceProperties('AWS::Events::Archive', { RetentionDays: 30, EventPattern: { account: [{ Ref: 'AWS::AccountId' }] } });
  });

  it('archives as long as it is told, or not at all', () => {
    busOf({ archive: Duration.days(7) })
      .template()
      .hasResourceProperties('AWS::Events::Archive', { RetentionDays: 7 });
    busOf({ archive: false }).template().resourceCountIs('AWS::Events::Archive', 0);
  });

  it('makes rules from contracts', () => {
    const { bus, stack, template } = busOf();
    bus.route([Confirmed, Rejected], toQueue(new Queue(stack, 'Jobs')), { filter: { seats: [{ numeric: ['>', 4] }] } });
    template().hasResourceProperties('AWS::Events::Rule', {
      EventBusName: { Ref: Match.stringLikeRegexp('^Bus') },
      EventPattern: {
        'detail-type': ['air.booking.confirmed', 'air.booking.rejected'],
        detail: { data: { seats: [{ numeric: ['>', 4] }] } },
        source: Match.absent(),
      },
    });
  });

  it('narrows a rule to the source that all its contracts name', () => {
    const { bus, stack, template } = busOf();
    bus.route(Rejected, toQueue(new Queue(stack, 'Jobs')));
    template().hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['air.bookings'], 'detail-type': ['air.booking.rejected'] },
    });
  });

  describe.each(Object.keys(TARGETS))('a route to a %s', (kind) => {
    const make = () => {
      const { bus, stack, template } = busOf();
      const target = TARGETS[kind];
      if (!target) throw new Error(kind);
      const route = bus.route(Confirmed, target(stack));
      return { stack, route, template: template() };
    };

    it('has a dead-letter queue of its own, to which its rule, and no other, may write', () => {
      const { stack, route, template } = make();
      const queueId = stack.getLogicalId(route.deadLetterQueue.queue.node.defaultChild as never);
      const ruleId = stack.getLogicalId(route.rule.node.defaultChild as never);
      template.hasResourceProperties('AWS::Events::Rule', {
        Targets: [Match.objectLike({ DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queueId, 'Arn'] } } })],
      });
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: queueId }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [ruleId, 'Arn'] } } },
            }),
          ]),
        },
      });
    });

    it('carries the envelope and nothing around it', () => {
      const { template } = make();
      template.hasResourceProperties('AWS::Events::Rule', {
        Targets: [Match.objectLike(kind === 'bus' ? { InputPath: Match.absent() } : { InputPath: '$.detail' })],
      });
    });

    it('alarms on the first event that it could not deliver', () => {
      make().template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'InvocationsFailedToBeSentToDlq', Threshold: 1 });
    });
  });

  it('keys a stream by subject', () => {
    const { bus, stack, template } = busOf();
    bus.route(Confirmed, toStream(new Stream(stack, 'Flow')));
    template().hasResourceProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ KinesisParameters: { PartitionKeyPath: '$.detail.subject' } })],
    });
  });

  it('refuses a FIFO queue without a group', () => {
    const { bus, stack } = busOf();
    expect(() => bus.route(Confirmed, toQueue(new Queue(stack, 'Fifo', { fifo: true })))).toThrow(/FIFO/);
  });

  it('grants itself the key of an encrypted target, without which deliveries vanish', () => {
    const { bus, stack, template } = busOf();
    bus.route(Confirmed, toQueue(new Queue(stack, 'Jobs', { encryptionMasterKey: new Key(stack, 'JobsKey') })));
    template().hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Principal: { Service: 'events.amazonaws.com' }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
        ]),
      },
    });
  });

  it('logs everything on request, without a custom resource', () => {
    const template = busOf({ logEverything: true }).template();
    template.hasResourceProperties('AWS::Logs::ResourcePolicy', {});
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: Match.stringLikeRegexp('^/aws/events/') });
    expect(
      Object.values(template.toJSON().Resources as Record<string, { Type: string }>).filter(({ Type }) => Type.startsWith('Custom::')),
    ).toEqual([]);
  });

  it('lets a function put events, and tells it where', () => {
    const { bus, stack, template } = busOf();
    bus.grantPut(new HandlerFunction(stack, 'Fn', { entry }));
    template().hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MILLRACE_BUS: { Ref: Match.stringLikeRegexp('^Bus') } } },
    });
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 'events:PutEvents', Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Bus'), 'Arn'] } }),
        ]),
      },
    });
  });

  it('routes on a bus that is there', () => {
    const { bus, stack, template } = busOf((stack) => ({ eventBus: AwsEventBus.fromEventBusName(stack, 'Shared', 'shared') }));
    bus.route(Confirmed, toQueue(new Queue(stack, 'Jobs')));
    template().resourceCountIs('AWS::Events::EventBus', 0);
    template().hasResourceProperties('AWS::Events::Rule', { EventBusName: 'shared' });
  });
});
