import { App, Duration, RemovalPolicy, SecretValue, Stack, TimeZone } from 'aws-cdk-lib';
import {
  ApiDestination,
  Archive,
  Authorization,
  CfnEventBusPolicy,
  Connection,
  EventBus,
  EventField,
  type IApiDestination,
  Rule,
  RuleTargetInput,
  Schedule,
} from 'aws-cdk-lib/aws-events';
import { ApiDestination as ApiDestinationTarget, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { CfnStreamConsumer, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Schedule as Scheduled, ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { Loader } from '../../../local/assembly/loader.ts';
import type { ResourceType, ResourceTypes } from '../../../local/assembly/resource.ts';
import { eventsResources } from '../../../local/assembly/resources/events.ts';
import { kinesisResources } from '../../../local/assembly/resources/kinesis.ts';
import { schedulerResources } from '../../../local/assembly/resources/scheduler.ts';
import type { Template } from '../../../local/assembly/template.ts';
import { KinesisService } from '../../../local/services/kinesis/index.ts';
import { SchedulerService } from '../../../local/services/scheduler/index.ts';
import { TestEvents } from './test-events.ts';

/** Stands for resources of other services: a name and an ARN. */
const named =
  (service: string): ResourceType =>
  (_, { logicalId }) => ({
    ref: logicalId,
    attributes: { Arn: `arn:aws:${service}:us-east-1:000000000000:${logicalId}`, QueueName: logicalId },
  });

const types: ResourceTypes = {
  ...eventsResources,
  ...kinesisResources,
  ...schedulerResources,
  'AWS::SQS::Queue': named('sqs'),
  'AWS::SQS::QueuePolicy': named('sqs'),
  'AWS::IAM::Role': named('iam'),
  'AWS::IAM::Policy': named('iam'),
  'AWS::SecretsManager::Secret': named('secretsmanager'),
};

/** Synthesizes a stack with the CDK and loads it between stubs. */
function load(build: (stack: Stack) => void): TestEvents {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Test');
  build(stack);
  const { template } = app.synth().getStackByName('Test');
  const events = new TestEvents();
  events.kernel.register(new SchedulerService(events.kernel));
  events.kernel.register(new KinesisService(events.kernel));
  new Loader(events.kernel, types).load({ id: 'Test', stackName: 'Test', directory: '', template: template as Template });
  return events;
}

describe('what the CDK synthesizes', () => {
  it('makes buses, rules, archives and destinations that work', async () => {
    const events = load((stack) => {
      const bus = new EventBus(stack, 'Bus', { eventBusName: 'orders', deadLetterQueue: new Queue(stack, 'BusDead') });
      bus.archive('Archive', { eventPattern: { source: ['shop'] }, retention: Duration.days(7) });
      new Archive(stack, 'Everything', { sourceEventBus: bus, eventPattern: { account: ['000000000000'] } });
      const queue = new Queue(stack, 'Jobs');
      const target = new SqsQueue(queue, {
        deadLetterQueue: new Queue(stack, 'Dead'),
        maxEventAge: Duration.hours(1),
        retryAttempts: 3,
        message: RuleTargetInput.fromObject({ id: EventField.fromPath('$.detail.id'), fixed: true }),
      });
      new Rule(stack, 'Rule', {
        eventBus: bus,
        eventPattern: { detailType: ['Order'], detail: { total: [{ numeric: ['>', 10] }] } },
        targets: [target],
      });
      new Rule(stack, 'Nightly', { schedule: Schedule.cron({ hour: '3', minute: '0' }), targets: [new SqsQueue(queue)] });
      new CfnEventBusPolicy(stack, 'Policy', {
        eventBusName: bus.eventBusName,
        statementId: 'allow',
        statement: { Effect: 'Allow', Principal: '*', Action: 'events:PutEvents', Resource: bus.eventBusArn },
      });
      const connection = new Connection(stack, 'Connection', {
        authorization: Authorization.apiKey('x-key', SecretValue.unsafePlainText('s')),
      });
      const destination = new ApiDestination(stack, 'Destination', { connection, endpoint: 'https://partner.example' });
      new Rule(stack, 'Partner', {
        eventPattern: { source: ['partner'] }, // The CDK's own types do not hold under exactOptionalPropertyTypes.
        targets: [new ApiDestinationTarget(destination as IApiDestination)],
      });
    });
    events.event({ id: 7, total: 11 }, { EventBusName: 'orders' });
    events.event({ id: 8, total: 10 }, { EventBusName: 'orders' });
    await events.kernel.settle();
    expect(events.sqs.calls.map(({ input }) => JSON.parse(String(input.MessageBody)))).toEqual([{ id: 7, fixed: true }]);
    expect(events.call('ListArchives', {}).Archives).toMatchObject([
      { EventCount: 2, RetentionDays: 7 },
      { EventCount: 2, RetentionDays: 0 },
    ]);
    expect(JSON.parse(events.call('DescribeEventBus', { Name: 'orders' }).Policy).Statement).toMatchObject([
      { Sid: 'allow', Effect: 'Allow' },
    ]);
    events.sqs.calls.length = 0;
    await events.kernel.advance(24 * 3_600_000);
    expect(events.sqs.calls).toHaveLength(1);
  });

  it('makes schedules and streams', async () => {
    const events = load((stack) => {
      const group = new ScheduleGroup(stack, 'Group', { removalPolicy: RemovalPolicy.DESTROY });
      new Scheduled(stack, 'Sweep', {
        scheduleGroup: group,
        schedule: ScheduleExpression.cron({ minute: '*', timeZone: TimeZone.EUROPE_PARIS }),
        target: new SqsSendMessage(new Queue(stack, 'Jobs'), {
          input: ScheduleTargetInput.fromObject({ sweep: true }),
          deadLetterQueue: new Queue(stack, 'Dead'),
          retryAttempts: 2,
        }),
      });
      const stream = new Stream(stack, 'Flights', {
        shardCount: 2,
        retentionPeriod: Duration.days(3),
        encryption: StreamEncryption.MANAGED,
      });
      new CfnStreamConsumer(stack, 'Consumer', { consumerName: 'board', streamArn: stream.streamArn });
      new Stream(stack, 'OnDemand', { streamMode: StreamMode.ON_DEMAND });
    });
    await events.kernel.advance(150_000);
    expect(events.sqs.calls.map(({ input }) => input.MessageBody)).toEqual(['{"sweep":true}', '{"sweep":true}']);
    const names = (events.kernel.invoke({ service: 'kinesis', operation: 'ListStreams', input: {} }) as { StreamNames: string[] })
      .StreamNames;
    const streams = names.map((StreamName) =>
      events.kernel.invoke({ service: 'kinesis', operation: 'DescribeStreamSummary', input: { StreamName } }),
    );
    expect(streams).toMatchObject([
      { StreamDescriptionSummary: { OpenShardCount: 2, RetentionPeriodHours: 72, EncryptionType: 'KMS', ConsumerCount: 1 } },
      { StreamDescriptionSummary: { OpenShardCount: 4, StreamModeDetails: { StreamMode: 'ON_DEMAND' } } },
    ]);
  });

  it('is refused with type, path and property where a property is not known', () => {
    const odd = load.bind(undefined, (stack: Stack) => {
      const bus = new EventBus(stack, 'Bus', { eventBusName: 'odd' });
      (bus.node.defaultChild as unknown as { addPropertyOverride(name: string, value: unknown): void }).addPropertyOverride(
        'Shape',
        'round',
      );
    });
    expect(odd).toThrow(/Test\/Bus.*AWS::Events::EventBus.*Shape/);
  });
});
