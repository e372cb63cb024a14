import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { Consumer, type ConsumerProps } from '../../../lib/consumer/index.ts';
import { InboxTable } from '../../../lib/inbox/index.ts';
import { testFunction } from './test-function.ts';

function stackOf(props: (stack: Stack) => Partial<ConsumerProps> = () => ({}), context: Record<string, unknown> = {}) {
  const stack = new Stack(new App({ context }), 'Shop');
  const handler = testFunction(stack);
  const consumer = new Consumer(stack, 'Mail', { handler, ...props(stack) });
  return { stack, consumer, template: Template.fromStack(stack) };
}

function existing(stack: Stack): Queue {
  const dead = new Queue(stack, 'Dead', { retentionPeriod: Duration.days(14) });
  return new Queue(stack, 'Q', { visibilityTimeout: Duration.minutes(2), deadLetterQueue: { queue: dead, maxReceiveCount: 4 } });
}

describe('Consumer', () => {
  it('has an encrypted, TLS-only queue that outlasts its function sixfold, with a dead-letter queue kept for 14 days', () => {
    const { template } = stackOf();
    template.hasResource('AWS::SQS::Queue', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        SqsManagedSseEnabled: true,
        VisibilityTimeout: 120,
        MessageRetentionPeriod: 7 * 86_400,
        RedrivePolicy: { maxReceiveCount: 10, deadLetterTargetArn: Match.anyValue() },
      },
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
      RedrivePolicy: Match.absent(),
    });
    template.resourcePropertiesCountIs(
      'AWS::SQS::QueuePolicy',
      {
        PolicyDocument: {
          Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
        },
      },
      2,
    );
  });

  it('answers with partial batches, and tells its function what it needs', () => {
    const { template } = stackOf(() => ({ batchSize: 100, maxBatchingWindow: Duration.seconds(2), maxConcurrency: 5 }));
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 2,
      ScalingConfig: { MaximumConcurrency: 5 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          MILLRACE_CONSUMER: 'Shop/Mail',
          MILLRACE_MAX_RECEIVES: '10',
          MILLRACE_INBOX_TABLE: Match.anyValue(),
          MILLRACE_PARKING_TABLE: Match.anyValue(),
          MILLRACE_QUEUE_URL: Match.anyValue(),
        }),
      },
    });
  });

  it('shares one inbox and one parking table in a stack, both recoverable', () => {
    const stack = new Stack(new App(), 'Shop');
    new Consumer(stack, 'Mail', { handler: testFunction(stack, 'A') });
    new Consumer(stack, 'Points', { handler: testFunction(stack, 'B') });
    new Consumer(stack, 'Own', { handler: testFunction(stack, 'C'), inbox: new InboxTable(stack, 'Inbox') });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::DynamoDB::Table', 3);
    template.allResourcesProperties('AWS::DynamoDB::Table', {
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    });
    template.resourcePropertiesCountIs(
      'AWS::DynamoDB::Table',
      { TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } },
      2,
    );
  });

  it('raises alarms on what is parked, what is dead and what waits', () => {
    const { template } = stackOf();
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Parked',
      Namespace: 'Millrace',
      Dimensions: [
        { Name: 'consumer', Value: 'Shop/Mail' },
        { Name: 'service', Value: 'Shop/Mail' },
      ],
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 900 });
  });

  it('gives its function no more than it needs', () => {
    const { template } = stackOf();
    const actions = Object.values(template.findResources('AWS::IAM::Policy')).flatMap((policy) =>
      policy.Properties.PolicyDocument.Statement.flatMap((statement: { Action: string | string[]; Resource: unknown }) => {
        expect(statement.Resource).not.toBe('*');
        return statement.Action;
      }),
    );
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(new Set(actions)).not.toContain('dynamodb:Scan');
  });

  it('keeps everything under a customer-managed key, which its function may use', () => {
    const { template } = stackOf((stack) => ({ encryptionKey: new Key(stack, 'Key') }));
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
    template.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: { SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() } });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['kms:Decrypt']) })]) },
    });
  });

  it('reads a FIFO queue', () => {
    const { template } = stackOf(() => ({ fifo: true }));
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { FifoQueue: true }, 2);
  });

  it('leaves nothing behind in a dev stack', () => {
    const { template } = stackOf(undefined, { 'millrace:stage': 'dev' });
    template.allResources('AWS::SQS::Queue', { DeletionPolicy: 'Delete' });
    template.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
  });

  it('takes a queue that is there already', () => {
    const stack = new Stack(new App(), 'Shop');
    const dead = new Queue(stack, 'Dead', { retentionPeriod: Duration.days(14) });
    const queue = new Queue(stack, 'Jobs', {
      visibilityTimeout: Duration.minutes(2),
      deadLetterQueue: { queue: dead, maxReceiveCount: 5 },
    });
    const consumer = new Consumer(stack, 'Work', { handler: testFunction(stack), queue, maxReceives: 5 });
    expect(consumer.queue).toBe(queue);
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 2);
  });

  it('reads of a queue that is there how often it gives a message, and alarms on its dead letters', () => {
    const { template } = stackOf((stack) => ({ queue: existing(stack) }));
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ MILLRACE_MAX_RECEIVES: '4' }) },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Dead'), 'QueueName'] } }],
    });
  });

  it('leaves it to another consumer of this kit to alarm on its dead letters', () => {
    const { template } = stackOf((stack) => ({ queue: new Consumer(stack, 'Other', { handler: testFunction(stack, 'Others') }).queue }));
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'ApproximateNumberOfMessagesVisible' }, 1);
  });

  it('hides messages for the time that a batch may fill, too', () => {
    stackOf(() => ({ maxBatchingWindow: Duration.minutes(5) })).template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 420,
    });
  });

  it.each<[string, (stack: Stack) => Partial<ConsumerProps>, RegExp]>([
    [
      'a visibility timeout below the function’s',
      () => ({ visibilityTimeout: Duration.seconds(10) }),
      /Shop\/Mail\/Source: the visibility timeout \(10 s\)/,
    ],
    ['a batch over 10 without a window', () => ({ batchSize: 11 }), /maxBatchingWindow of at least 1 second/],
    [
      'a visibility timeout below the function’s and the batching window',
      () => ({ visibilityTimeout: Duration.seconds(60), maxBatchingWindow: Duration.seconds(50) }),
      /\(60 s\) is shorter than the function's timeout \(20 s\) and the batching window \(50 s\).*Use 170 s/,
    ],
    [
      'more at once than are reserved for the function',
      (stack) => ({
        maxConcurrency: 50,
        handler: new LambdaFunction(stack, 'Few', {
          runtime: Runtime.NODEJS_22_X,
          handler: 'index.handler',
          code: Code.fromInline('exports.handler=1'),
          reservedConcurrentExecutions: 5,
        }),
      }),
      /maxConcurrency is 50, and its function may run 5 times at once/,
    ],
    [
      'another count than the queue’s',
      (stack) => ({ queue: existing(stack), maxReceives: 5 }),
      /maxReceives is 5, but Shop\/Q gives .* 4 times/,
    ],
    [
      'a visibility timeout for a queue that is there',
      (stack) => ({ queue: existing(stack), visibilityTimeout: Duration.minutes(5) }),
      /visibilityTimeout cannot be set for Shop\/Q/,
    ],
    ['order from a queue without', (stack) => ({ queue: existing(stack), fifo: true }), /fifo cannot be set for Shop\/Q/],
    ['a FIFO batch over 10', () => ({ fifo: true, batchSize: 11 }), /FIFO queue gives at most 10/],
    ['a concurrency of 1', () => ({ maxConcurrency: 1 }), /it must be 2 to 1000/],
    ['a single receive', () => ({ maxReceives: 1 }), /it must be 3 to 1000/],
    [
      'a queue without a dead-letter queue',
      (stack) => ({ queue: new Queue(stack, 'Q', { visibilityTimeout: Duration.minutes(2) }) }),
      /Shop\/Q has no dead-letter queue/,
    ],
    [
      'an existing queue that hides messages too briefly',
      (stack) => ({
        queue: new Queue(stack, 'Q', {
          visibilityTimeout: Duration.seconds(5),
          deadLetterQueue: { queue: new Queue(stack, 'D', { retentionPeriod: Duration.days(14) }), maxReceiveCount: 5 },
        }),
      }),
      /visibility timeout \(5 s\) is shorter/,
    ],
    [
      'a dead-letter queue that forgets before its source',
      (stack) => ({
        queue: new Queue(stack, 'Q', {
          visibilityTimeout: Duration.minutes(2),
          deadLetterQueue: { queue: new Queue(stack, 'D'), maxReceiveCount: 5 },
        }),
      }),
      /Keep the dead-letter queue for 14 days/,
    ],
  ])('refuses %s, with the place', (_what, props, message) => {
    expect(() => stackOf(props)).toThrow(message);
  });

  it('warns of a visibility timeout below six times the function’s', () => {
    const { stack } = stackOf(() => ({ visibilityTimeout: Duration.seconds(60) }));
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('less than six times'));
  });

  it('refuses one function for two consumers', () => {
    const stack = new Stack(new App(), 'Shop');
    const handler = testFunction(stack);
    new Consumer(stack, 'A', { handler });
    expect(() => new Consumer(stack, 'B', { handler })).toThrow(/already has/);
  });
});
