import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../lib/event-stream/index.ts';
import { FanOut } from '../../../lib/fan-out/index.ts';
import { Projection } from '../../../lib/projection/index.ts';
import { testFunction } from '../consumer/test-function.ts';

const newStack = () => new Stack(new App(), 'Flights');

describe('Projection', () => {
  it('keeps its rows in an encrypted, recoverable, protected table', () => {
    const stack = newStack();
    new Projection(stack, 'Board', { handler: testFunction(stack) });
    Template.fromStack(stack).hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        SSESpecification: { SSEEnabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
    });
  });

  it('is fed by a stream', () => {
    const stack = newStack();
    const stream = new EventStream(stack, 'Departures');
    const board = new Projection(stack, 'Board', { handler: testFunction(stack), from: { stream, options: { batchSize: 500 } } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { BatchSize: 500, BisectBatchOnFunctionError: true });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ MILLRACE_PROJECTION: 'Flights/Board', MILLRACE_PROJECTION_TABLE: Match.anyValue() }) },
    });
    expect(() => board.queue).toThrow(/fed by a stream/);
  });

  it('is fed by a queue of its own, which subscribes', () => {
    const stack = newStack();
    const board = new Projection(stack, 'Board', { handler: testFunction(stack) });
    new FanOut(stack, 'Events').subscribe(board);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { FunctionResponseTypes: ['ReportBatchItemFailures'] });
    template.resourceCountIs('AWS::SNS::Subscription', 1);
  });

  it('builds another generation beside the one that is read', () => {
    const stack = newStack();
    const stream = new EventStream(stack, 'Departures');
    const board = new Projection(stack, 'Board', { handler: testFunction(stack, 'One'), from: { stream } });
    board.addGeneration('v2', { handler: testFunction(stack, 'Two'), from: { stream } });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: Match.objectLike({ MILLRACE_PROJECTION_GENERATION: 'v2' }) } },
      1,
    );
    expect(() => board.addGeneration('v|3', { handler: testFunction(stack, 'Three'), from: { stream } })).toThrow(/1 to 20 letters/);
  });

  it('lets a function read, and write nothing', () => {
    const stack = newStack();
    const board = new Projection(stack, 'Board', { handler: testFunction(stack) });
    board.grantRead(testFunction(stack, 'Reader'), { name: 'board' });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'] })] },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MILLRACE_PROJECTION_TABLE_BOARD: Match.anyValue() } },
    });
  });

  it('raises alarms on what is set aside, missing and late', () => {
    const stack = newStack();
    new Projection(stack, 'Board', { handler: testFunction(stack) });
    for (const MetricName of ['Parked', 'Gaps', 'Lag']) {
      Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, Namespace: 'Millrace' });
    }
  });
});
