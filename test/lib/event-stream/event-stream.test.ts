import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineEvent } from '../../../lambdas/contracts/index.ts';
import { EventStream, type EventStreamProps, type StreamConsumerProps } from '../../../lib/event-stream/index.ts';
import { testFunction } from '../consumer/test-function.ts';

const Departed = defineEvent('flight.departed', { version: 1, subject: () => 's', data: z.object({}) });

function stackOf(consumer: Partial<StreamConsumerProps> = {}, props: (stack: Stack) => EventStreamProps = () => ({})) {
  const stack = new Stack(new App(), 'Flights');
  const stream = new EventStream(stack, 'Departures', props(stack));
  const handler = testFunction(stack);
  stream.addConsumer('Board', { handler, ...consumer });
  return { stack, stream, handler, template: () => Template.fromStack(stack) };
}

describe('EventStream', () => {
  it('is on demand, encrypted, and keeps records for a week', () => {
    stackOf()
      .template()
      .hasResource('AWS::Kinesis::Stream', {
        DeletionPolicy: 'RetainExceptOnCreate',
        Properties: {
          StreamModeDetails: { StreamMode: 'ON_DEMAND' },
          RetentionPeriodHours: 168,
          StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
        },
      });
  });

  it('can be provisioned, under a key of its own', () => {
    stackOf({}, (stack) => ({ shards: 4, encryptionKey: new Key(stack, 'Key'), retention: Duration.days(1) }))
      .template()
      .hasResourceProperties('AWS::Kinesis::Stream', {
        ShardCount: 4,
        RetentionPeriodHours: 24,
        StreamEncryption: { KeyId: Match.objectLike({ 'Fn::GetAtt': Match.anyValue() }) },
      });
  });

  it('feeds a consumer from the beginning, bisects failing batches, and sends what is given up to S3 with its payload', () => {
    const template = stackOf({ batchSize: 500, parallelizationFactor: 4 }).template();
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 500,
      ParallelizationFactor: 4,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('MillraceFailures'), 'Arn'] } } },
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true },
      BucketEncryption: Match.anyValue(),
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
      },
    });
  });

  it('filters by type, keeps windows, and starts where it is told', () => {
    const template = stackOf({
      events: [Departed],
      tumblingWindow: Duration.minutes(15),
      startingPosition: new Date(1_000_000),
    }).template();
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      TumblingWindowInSeconds: 900,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: 1_000,
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"type":["flight.departed"]}}' }] },
    });
  });

  it('raises alarms when a consumer falls behind and when producers are throttled', () => {
    const template = stackOf().template();
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'IteratorAge', Threshold: 1_800_000 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'WriteProvisionedThroughputExceeded' });
  });

  it('lets a function write and nothing else', () => {
    const { stack, stream, template } = stackOf();
    stream.grantWrite(testFunction(stack, 'Producer'));
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'kinesis:PutRecords', Effect: 'Allow', Resource: Match.anyValue() }] },
    });
    template().hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { MILLRACE_STREAM: Match.anyValue() } } });
  });

  it.each<[string, Partial<StreamConsumerProps>, RegExp]>([
    [
      'windows over parallel batches',
      { tumblingWindow: Duration.minutes(1), parallelizationFactor: 2 },
      /Flights\/Departures\/Board: a tumbling window is kept per shard/,
    ],
    ['a window beyond 15 minutes', { tumblingWindow: Duration.minutes(20) }, /1 s to 15 minutes/],
    ['a factor of 11', { parallelizationFactor: 11 }, /1 to 10/],
    ['records set aside after the stream has forgotten them', { maxRecordAge: Duration.days(8) }, /beyond the stream's retention/],
    ['a filter for nothing', { events: [] }, /would get nothing/],
  ])('refuses %s, with the place', (_what, consumer, message) => {
    expect(() => stackOf(consumer)).toThrow(message);
  });
});
