import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineEvent } from '../../../lambdas/contracts/index.ts';
import { Consumer } from '../../../lib/consumer/index.ts';
import { EventBus, toTopic } from '../../../lib/event-bus/index.ts';
import { FanOut, type FanOutProps } from '../../../lib/fan-out/index.ts';
import { testFunction } from '../consumer/test-function.ts';

const event = (type: string) => defineEvent(type, { version: 1, subject: () => 's', data: z.object({}) });
const Confirmed = event('booking.confirmed');
const Rejected = event('booking.rejected');

function stackOf(build: (stack: Stack, fanOut: FanOut) => void = () => {}, props: (stack: Stack) => FanOutProps = () => ({})) {
  const stack = new Stack(new App(), 'Shop');
  const fanOut = new FanOut(stack, 'BookingEvents', props(stack));
  build(stack, fanOut);
  return { stack, fanOut, template: Template.fromStack(stack) };
}

const queueOf = (stack: Stack, id: string, props = {}) => new Queue(stack, id, { encryption: QueueEncryption.SQS_MANAGED, ...props });

describe('FanOut', () => {
  it('has a topic under a rotating key of the stack, TLS only', () => {
    const { template } = stackOf((stack) => new FanOut(stack, 'Another'));
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.resourcePropertiesCountIs(
      'AWS::SNS::TopicPolicy',
      {
        PolicyDocument: {
          Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
        },
      },
      2,
    );
  });

  it('delivers to each subscriber what it wants, raw, filtered on the type in the body, with a dead-letter queue of its own', () => {
    const { template } = stackOf((stack, fanOut) => {
      fanOut.subscribe(new Consumer(stack, 'Mail', { handler: testFunction(stack) }), { events: [Confirmed, Rejected] });
      fanOut.subscribe(queueOf(stack, 'Loyalty'), { events: [Confirmed] });
      fanOut.subscribe(queueOf(stack, 'Everything'));
    });
    template.resourceCountIs('AWS::SNS::Subscription', 3);
    template.allResourcesProperties('AWS::SNS::Subscription', {
      RawMessageDelivery: true,
      RedrivePolicy: { deadLetterTargetArn: Match.anyValue() },
    });
    const filters = Object.values(template.findResources('AWS::SNS::Subscription')).map(({ Properties }) => [
      Properties.FilterPolicyScope,
      Properties.FilterPolicy,
    ]);
    expect(filters).toEqual([
      ['MessageBody', { type: ['booking.confirmed', 'booking.rejected'] }],
      ['MessageBody', { type: ['booking.confirmed'] }],
      [undefined, undefined],
    ]);
    const targets = Object.values(template.findResources('AWS::SNS::Subscription')).map(({ Properties }) =>
      JSON.stringify(Properties.RedrivePolicy),
    );
    expect(new Set(targets).size).toBe(3);
  });

  it('lets SNS write to queues and dead-letter queues under a customer-managed key', () => {
    const { template } = stackOf(
      (stack, fanOut) =>
        fanOut.subscribe(new Consumer(stack, 'Mail', { handler: testFunction(stack), encryptionKey: new Key(stack, 'QueueKey') })),
      (stack) => ({ encryptionKey: new Key(stack, 'TopicKey') }),
    );
    const allowed = Object.values(template.findResources('AWS::KMS::Key')).map((key) =>
      key.Properties.KeyPolicy.Statement.some(
        (statement: { Principal: { Service?: string } }) => statement.Principal.Service === 'sns.amazonaws.com',
      ),
    );
    expect(allowed).toEqual([true, true]);
  });

  it('is fed from a bus, which may use its key', () => {
    const { template } = stackOf((stack, fanOut) => new EventBus(stack, 'Bus').route([Confirmed, Rejected], toTopic(fanOut.topic)));
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'events.amazonaws.com' } })]) },
    });
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: { 'detail-type': ['booking.confirmed', 'booking.rejected'] } });
  });

  it('keeps order from end to end when it is FIFO', () => {
    const { template } = stackOf(
      (stack, fanOut) => fanOut.subscribe(queueOf(stack, 'Ordered', { fifo: true })),
      () => ({ fifo: true }),
    );
    template.hasResourceProperties('AWS::SNS::Topic', { FifoTopic: true, ContentBasedDeduplication: true });
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { FifoQueue: true }, 2);
  });

  it('lets a function publish, under its key', () => {
    const { template } = stackOf((stack, fanOut) => fanOut.grantPublish(testFunction(stack)));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 'sns:Publish' }),
          Match.objectLike({ Action: Match.arrayWith(['kms:Decrypt', 'kms:GenerateDataKey']) }),
        ]),
      },
    });
  });

  it('refuses a queue that would not be delivered to', () => {
    expect(() => stackOf((stack, fanOut) => fanOut.subscribe(queueOf(stack, 'Q', { encryption: QueueEncryption.KMS_MANAGED })))).toThrow(
      /The queue Shop\/Q is encrypted under SQS's AWS-managed key, which nobody can let sns.amazonaws.com use/,
    );
    expect(() => stackOf((stack, fanOut) => fanOut.subscribe(queueOf(stack, 'Q', { fifo: true })))).toThrow(
      /delivers to it from FIFO topics only/,
    );
    expect(() =>
      stackOf(
        (stack, fanOut) => fanOut.subscribe(queueOf(stack, 'Q')),
        () => ({ fifo: true }),
      ),
    ).toThrow(/order would be lost/);
    expect(() =>
      stackOf(
        (_, fanOut) => fanOut.subscribeUrl('https://example.com/hook', { id: 'Hook' }),
        () => ({ fifo: true }),
      ),
    ).toThrow(/delivers to queues only, not to https:\/\/example.com\/hook/);
    expect(() => stackOf((stack, fanOut) => fanOut.subscribe(queueOf(stack, 'Q'), { events: [] }))).toThrow(/would get nothing/);
  });

  it('raises an alarm on every dead-letter queue', () => {
    const { template } = stackOf((stack, fanOut) => {
      fanOut.subscribe(queueOf(stack, 'A', { visibilityTimeout: Duration.minutes(1) }));
      fanOut.subscribe(queueOf(stack, 'B'));
      fanOut.subscribeUrl('https://example.com/hook', { id: 'Hook' });
    });
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'ApproximateNumberOfMessagesVisible' }, 3);
  });
});
