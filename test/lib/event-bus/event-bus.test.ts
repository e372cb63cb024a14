import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { App, Annotations as AwsAnnotations, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus as AwsEventBus } from 'aws-cdk-lib/aws-events';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { LocalCloud } from 'millrace/local';
import { synthesizeLocally } from 'millrace/testing';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineEvent } from '../../../lambdas/contracts/index.ts';
import { Consumer } from '../../../lib/consumer/index.ts';
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
import { POLICY_WARNING } from '../../../lib/shared/index.ts';

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
  it('archives every event for 30 days, those of other accounts too', () => {
    busOf()
      .template()
      .hasResourceProperties('AWS::Events::Archive', { RetentionDays: 30, EventPattern: { source: [{ prefix: '' }] } });
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

  it('says what to do when a route is there twice', () => {
    const { stack, bus } = busOf();
    const target = toQueue(new Queue(stack, 'Q'));
    bus.route(Confirmed, target);
    expect(() => bus.route(Confirmed, target)).toThrow(/^Air\/Bus: there is a route .* already\. Leave one out, or give this one an id/);
    bus.route(Confirmed, target, { id: 'Again' });
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

  it.each<[string, (stack: Stack) => RouteTarget, RegExp]>([
    ['a FIFO queue without a group', (stack) => toQueue(new Queue(stack, 'Q', { fifo: true })), /one messageGroupId only/],
    [
      'a FIFO queue that asks for deduplication ids',
      (stack) => toQueue(new Queue(stack, 'Q', { fifo: true }), { messageGroupId: 'all' }),
      /Set contentBasedDeduplication/,
    ],
    ['a FIFO topic', (stack) => toTopic(new Topic(stack, 'T', { fifo: true })), /Air\/T is a FIFO topic/],
    [
      "a queue under SQS's AWS-managed key",
      (stack) => toQueue(new Queue(stack, 'Q', { encryption: QueueEncryption.KMS_MANAGED })),
      /Air\/Q is encrypted under SQS's AWS-managed key/,
    ],
    [
      'a queue under its alias',
      (stack) => toQueue(new Queue(stack, 'Q', { encryptionMasterKey: Alias.fromAliasName(stack, 'Key', 'alias/aws/sqs') })),
      /Air\/Q is encrypted under SQS's AWS-managed key/,
    ],
    [
      "a topic under SNS's AWS-managed key",
      (stack) => toTopic(new Topic(stack, 'T', { masterKey: Alias.fromAliasName(stack, 'Key', 'alias/aws/sns') })),
      /Air\/T is encrypted under SNS's AWS-managed key/,
    ],
  ])('refuses %s, which could never be delivered to', (_, target, problem) => {
    const { bus, stack } = busOf();
    expect(() => bus.route(Confirmed, target(stack))).toThrow(problem);
  });

  it("delivers to the kit's own FIFO queues", () => {
    const { bus, stack, template } = busOf();
    const handler = new HandlerFunction(stack, 'Fn', { entry });
    bus.route(Confirmed, toQueue(new Consumer(stack, 'Ordered', { handler, fifo: true }).queue, { messageGroupId: 'all' }));
    template().hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ SqsParameters: { MessageGroupId: 'all' } })] });
  });

  it.each<[string, (stack: Stack) => RouteTarget, string]>([
    ['queue', (stack) => toQueue(Queue.fromQueueArn(stack, 'There', 'arn:aws:sqs:us-east-1:111111111111:jobs')), 'sqs:SendMessage'],
    ['topic', (stack) => toTopic(Topic.fromTopicArn(stack, 'There', 'arn:aws:sns:us-east-1:111111111111:news')), 'sns:Publish'],
  ])('says which statement the policy of an imported %s needs', (_, target, action) => {
    const { bus, stack } = busOf();
    bus.route(Confirmed, target(stack));
    expect(
      Annotations.fromStack(stack)
        .findWarning('/Air/There', Match.stringLikeRegexp('imported'))
        .map(({ entry }) => entry.data),
    ).toEqual([expect.stringContaining(`"Action":"${action}"`)]);
  });

  it('says which statements an imported key needs', () => {
    const { stack } = busOf((stack) => ({
      encryptionKey: Key.fromKeyArn(stack, 'There', 'arn:aws:kms:us-east-1:111111111111:key/k') as IKey,
      logEverything: true,
    }));
    const warnings = Annotations.fromStack(stack).findWarning('/Air/There', Match.stringLikeRegexp('imported'));
    for (const action of ['kms:DescribeKey', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Encrypt*']) {
      expect(warnings.map(({ entry }) => entry.data)).toContainEqual(expect.stringContaining(action));
    }
    AwsAnnotations.of(stack).acknowledgeWarning(POLICY_WARNING);
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('imported'))).toEqual([]);
  });

  it('keeps what a function fails to handle, whatever else was set for its invocations', () => {
    const { bus, stack, template } = busOf();
    const route = bus.route(Confirmed, toFunction(new HandlerFunction(stack, 'Fn', { entry, overrides: { retryAttempts: 1 } })));
    const queue = stack.getLogicalId(route.deadLetterQueue.queue.node.defaultChild as never);
    template().hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
    });
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(['sqs:SendMessage']), Resource: { 'Fn::GetAtt': [queue, 'Arn'] } }),
        ]),
      },
    });
  });

  it.each([
    ['the destination of the function itself', 'Own'],
    ['the dead-letter queue of the first route', 'BusAirBookingConfirmedToFn'],
  ])('keeps what a function fails to handle in one place: %s', (_, place) => {
    const { bus, stack, template } = busOf();
    const onFailure = place === 'Own' ? { overrides: { onFailure: new SqsDestination(new Queue(stack, 'Own')) } } : {};
    const target = toFunction(new HandlerFunction(stack, 'Fn', { entry, ...onFailure }));
    bus.route(Confirmed, target);
    bus.route(Rejected, target);
    template().resourcePropertiesCountIs(
      'AWS::Lambda::EventInvokeConfig',
      { DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${place}`), 'Arn'] } } } },
      1,
    );
  });

  it('watches its rules under the names that they have', async () => {
    const { directory, remove } = synthesizeLocally((app) => {
      const stack = new Stack(app, 'Air');
      const queue = toQueue(new Queue(stack, 'Jobs'));
      new EventBus(stack, 'Bus').route(Confirmed, queue);
      const shared = AwsEventBus.fromEventBusName(stack, 'Default', 'default');
      new EventBus(stack, 'OnDefault', { eventBus: shared }).route(Confirmed, queue);
    });
    const cloud = await LocalCloud.fromAssembly(directory);
    try {
      const { Rules = [] } = await cloud.client(new EventBridgeClient({})).send(new ListRulesCommand({ EventBusName: 'Air-Bus' }));
      const { Rules: ofDefault = [] } = await cloud.client(new EventBridgeClient({})).send(new ListRulesCommand({}));
      const { MetricAlarms = [] } = await cloud.client(new CloudWatchClient({})).send(new DescribeAlarmsCommand({}));
      const watched = MetricAlarms.filter(({ Namespace }) => Namespace === 'AWS/Events').map(({ Dimensions }) => Dimensions);
      expect(watched).toHaveLength(2);
      expect(watched).toContainEqual([
        { Name: 'EventBusName', Value: 'Air-Bus' },
        { Name: 'RuleName', Value: Rules.map(({ Name }) => Name).join() },
      ]);
      expect(watched).toContainEqual([{ Name: 'RuleName', Value: ofDefault.map(({ Name }) => Name).join() }]);
    } finally {
      await cloud.stop();
      remove();
    }
  });

  it('names a route of many types by the first, so that the alarms still say what to do', () => {
    const { bus, stack, template } = busOf();
    const many = (last: string) =>
      [...Array.from({ length: 30 }, (_, n) => `air.booking.something-happened-number-${n}`), last].map((type) =>
        defineEvent(type, { version: 1, subject: () => 's', data }),
      );
    const queue = toQueue(new Queue(stack, 'Jobs'));
    const routes = ['air.a', 'air.b'].map((last) => bus.route(many(last), queue));
    for (const { rule } of routes)
      expect(rule.node.path).toMatch(/^Air\/Bus\/AirBookingSomethingHappenedNumber0And30MoreToJobs[0-9a-f]{8}\/Rule$/);
    const texts = Object.values(template().findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties.AlarmDescription as string,
    );
    expect(texts).toHaveLength(4);
    for (const text of texts) expect(text).toMatch(/after 14 days they are gone\.$|replay it from the archive\.$/);
  });

  it('keeps descriptions within what CloudWatch takes', () => {
    const { bus, stack, template } = busOf();
    bus.route(Confirmed, toQueue(new Queue(stack, 'Jobs')), { id: 'Long'.repeat(400) });
    for (const { Properties } of Object.values(template().findResources('AWS::CloudWatch::Alarm'))) {
      expect(Properties.AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  it('has a name of its own in every nested stack of every stack', () => {
    const app = new App();
    const nested = ['Air', 'Rail'].flatMap((id) => {
      const stack = new Stack(app, id);
      return ['First', 'Second'].map((inner) => new NestedStack(stack, inner));
    });
    for (const stack of nested) new EventBus(stack, 'Bus');
    const names = nested.flatMap((stack) =>
      Object.values(Template.fromStack(stack).findResources('AWS::Events::EventBus')).map(({ Properties }) => Properties.Name),
    );
    expect(names).toEqual(['Air-First-Bus', 'Air-Second-Bus', 'Rail-First-Bus', 'Rail-Second-Bus']);
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
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('^/aws/events/')])] },
    });
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: { source: [{ prefix: '' }] } });
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
