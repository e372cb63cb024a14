import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, StreamViewType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/event-bus/index.ts';
import { HandlerFunction } from '../../../lib/function/index.ts';
import { Outbox, type OutboxProps } from '../../../lib/outbox/index.ts';

const entry = new URL('../function/sdk-handler.ts', import.meta.url);
const FAST = { 'millrace:aws-sdk': 'runtime' };

function stackOf(build: (stack: Stack, bus: EventBus) => Partial<OutboxProps> = () => ({}), context: Record<string, unknown> = {}) {
  const stack = new Stack(new App({ context: { ...FAST, ...context } }), 'Booking');
  const bus = new EventBus(stack, 'Bus');
  const outbox = new Outbox(stack, 'Outbox', { bus, ...build(stack, bus) });
  return { stack, bus, outbox, template: () => Template.fromStack(stack) };
}

type Statement = { Action: string | string[]; Resource: unknown };
function statementsOf(template: Template, role: RegExp): Statement[] {
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => role.test(id))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
}

describe('Outbox', () => {
  it('keeps aggregates in an encrypted, recoverable, protected table whose stream carries new images', () => {
    stackOf()
      .template()
      .hasResource('AWS::DynamoDB::Table', {
        DeletionPolicy: 'Retain',
        Properties: {
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
          SSESpecification: { SSEEnabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: true,
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
          GlobalSecondaryIndexes: [
            {
              IndexName: 'pending',
              KeySchema: [
                { AttributeName: 'pendingShard', KeyType: 'HASH' },
                { AttributeName: 'pendingSince', KeyType: 'RANGE' },
              ],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
        },
      });
  });

  it('leaves nothing behind in a dev stack', () => {
    stackOf(undefined, { 'millrace:stage': 'dev' })
      .template()
      .hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete', Properties: { DeletionProtectionEnabled: false } });
  });

  it('relays from the stream with partial batch responses, bounded retries, and records that fail kept whole in S3', () => {
    const template = stackOf().template();
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 86_400,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MillraceFailuresBucket'), 'Arn'] } } },
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
    });
  });

  it('starts the relay for items with events that wait, not for its own clearing of them', () => {
    const [mapping] = Object.values(stackOf().template().findResources('AWS::Lambda::EventSourceMapping'));
    const filters = mapping?.Properties.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern));
    expect(filters).toEqual([{ dynamodb: { NewImage: { pendingShard: { S: [{ 'anything-but': ['parked'] }] } } } }]);
  });

  it('runs the sweeper every minute, with a dead-letter queue for runs that could not be started or failed', () => {
    const template = stackOf().template();
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });

  it('grants relay and sweeper single actions on single resources', () => {
    const template = stackOf().template();
    const flat = (role: RegExp) => statementsOf(template, role).flatMap(({ Action }) => Action);
    expect(
      flat(/^OutboxRelay/)
        .filter((action) => !/^(logs|xray|s3|dynamodb:(Get|Describe|List))/.test(action))
        .sort(),
    ).toEqual(['dynamodb:UpdateItem', 'events:PutEvents']);
    expect(
      flat(/^OutboxSweeper/)
        .filter((action) => !/^(logs|xray|sqs)/.test(action))
        .sort(),
    ).toEqual(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem', 'events:PutEvents']);
    for (const { Action, Resource } of statementsOf(template, /./)) {
      const everywhere = [Action].flat().filter((action) => !action.startsWith('xray:') && action !== 'dynamodb:ListStreams');
      if (everywhere.length > 0) expect(Resource, JSON.stringify(Action)).not.toBe('*');
      expect([Action].flat().some((action) => action === '*' || action.endsWith(':*'))).toBe(false);
    }
  });

  it('alarms on age (silence included), parked subjects, lag and errors', () => {
    const template = stackOf().template();
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    const named = (metric: string) => alarms.find(({ MetricName }) => MetricName === metric);
    expect(named('OutboxAge')).toMatchObject({
      Threshold: 180,
      TreatMissingData: 'breaching',
      Namespace: 'Millrace',
      Statistic: 'Maximum',
    });
    expect(named('ParkedSubjects')).toMatchObject({ Threshold: 1 });
    expect(named('IteratorAge')).toMatchObject({ Threshold: 300_000 });
    expect(alarms.filter(({ MetricName }) => MetricName === 'Errors')).toHaveLength(2);
    expect(named('ApproximateNumberOfMessagesVisible')).toMatchObject({ Threshold: 1 });
    for (const { AlarmDescription } of alarms) expect(AlarmDescription).toMatch(/^\[(critical|warning)\] /);
  });

  it('alarms on what the sweeper measures as often as it runs, on age not before it has had its turn', () => {
    const template = stackOf(() => ({ sweepEvery: Duration.minutes(5), overdueAfter: Duration.minutes(10) })).template();
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'OutboxAge', Period: 300, Threshold: 1_200 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ParkedSubjects', Period: 300 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Errors',
      Period: 300,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('Sweeper') } }],
    });
  });

  it('sends its alarms to a topic, and leaves out or moves those it is told to', () => {
    const { template } = stackOf((stack) => ({
      alarmTopic: new Topic(stack, 'Pager', { masterKey: new Key(stack, 'PagerKey') }),
      alarmThresholds: { OutboxAge: 600, RelayErrors: false },
    }));
    const alarms = Object.entries(template().findResources('AWS::CloudWatch::Alarm')).filter(([id]) => id.startsWith('Outbox'));
    expect(alarms.length).toBeGreaterThan(3);
    for (const [, { Properties }] of alarms) expect(Properties.AlarmActions).toHaveLength(1);
    expect(alarms.find(([, { Properties }]) => Properties.MetricName === 'OutboxAge')?.[1].Properties.Threshold).toBe(600);
    expect(alarms.filter(([, { Properties }]) => Properties.MetricName === 'Errors')).toHaveLength(1);
    // Without this the alarm would be raised and never arrive.
    template().hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]) },
    });
  });

  it('lets a function commit, and tells it where', () => {
    const { stack, outbox, template } = stackOf();
    const fn = new HandlerFunction(stack, 'Book', { entry });
    outbox.grantCommit(fn);
    template().hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          MILLRACE_OUTBOX_TABLE: { Ref: Match.stringLikeRegexp('^OutboxTable') },
          MILLRACE_OUTBOX_KEY: 'pk',
          MILLRACE_OUTBOX_SHARDS: '8',
        },
      },
    });
    const actions = statementsOf(template(), /^Book/).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.startsWith('dynamodb:')).sort()).toEqual([
      'dynamodb:ConditionCheckItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ]);
  });

  it('refuses to tell one function of two outboxes under one name', () => {
    const { stack, bus, outbox } = stackOf();
    const other = new Outbox(stack, 'Flights', { bus });
    const fn = new HandlerFunction(stack, 'Book', { entry });
    outbox.grantCommit(fn);
    expect(() => other.grantCommit(fn)).toThrow(/Booking\/Flights: Booking\/Book already has MILLRACE_OUTBOX_TABLE/);
    other.grantCommit(fn, { name: 'flights' });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MILLRACE_OUTBOX_TABLE_FLIGHTS: { Ref: Match.stringLikeRegexp('^FlightsTable') } } },
    });
  });

  it('takes a table that is there', () => {
    const { template } = stackOf((stack) => ({
      table: new Table(stack, 'Own', {
        partitionKey: { name: 'id', type: AttributeType.STRING },
        stream: StreamViewType.NEW_AND_OLD_IMAGES,
      }),
    }));
    template().resourceCountIs('AWS::DynamoDB::Table', 1);
    template().hasResourceProperties('AWS::DynamoDB::Table', { GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'pending' })] });
    template().hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ MILLRACE_OUTBOX_KEY: 'id' }) },
    });
  });

  it('refuses a table that cannot be an outbox, and says what to change', () => {
    const key = { partitionKey: { name: 'pk', type: AttributeType.STRING } };
    expect(() => stackOf((stack) => ({ table: new Table(stack, 'T', key) }))).toThrow(
      /Booking\/T has no stream.*StreamViewType\.NEW_IMAGE/,
    );
    expect(() =>
      stackOf((stack) => ({
        table: new Table(stack, 'T', { ...key, sortKey: { name: 'sk', type: AttributeType.STRING }, stream: StreamViewType.NEW_IMAGE }),
      })),
    ).toThrow(/has the sort key sk/);
    expect(() =>
      stackOf((stack) => ({
        table: Table.fromTableAttributes(stack, 'T', {
          tableName: 't',
          tableStreamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/1',
        }),
      })),
    ).toThrow(/is imported.*name it in pendingIndex/);
    expect(() => stackOf(() => ({ shards: 0 }))).toThrow(/0 shards/);
  });

  it('refuses a stream without new images', () => {
    expect(() =>
      stackOf((stack) => ({
        table: new Table(stack, 'T', { partitionKey: { name: 'pk', type: AttributeType.STRING }, stream: StreamViewType.KEYS_ONLY }),
      })),
    ).toThrow(/KEYS_ONLY/);
  });

  it('looks at a global table as closely', () => {
    const global = (more: object, key = 'id') =>
      stackOf((stack) => ({
        table: new TableV2(stack, 'T', {
          partitionKey: { name: key, type: AttributeType.STRING },
          dynamoStream: StreamViewType.NEW_IMAGE,
          ...more,
        }),
      }));
    global({})
      .template()
      .hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: Match.objectLike({ MILLRACE_OUTBOX_KEY: 'id' }) },
      });
    expect(() => global({ sortKey: { name: 'sk', type: AttributeType.STRING } })).toThrow(/has the sort key sk/);
    expect(() => global({ partitionKey: { name: 'id', type: AttributeType.NUMBER } })).toThrow(/has the key id of type N/);
    expect(() => global({ dynamoStream: StreamViewType.KEYS_ONLY })).toThrow(/KEYS_ONLY/);
  });

  it('encrypts everything under a customer-managed key, which relay and sweeper may use', () => {
    const { template } = stackOf((stack) => ({ encryptionKey: new Key(stack, 'Key') }));
    template().hasResourceProperties('AWS::DynamoDB::Table', { SSESpecification: { SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() } });
    template().hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
    for (const role of [/^OutboxRelay/, /^OutboxSweeper/]) {
      expect(statementsOf(template(), role).flatMap(({ Action }) => Action)).toContain('kms:Decrypt');
    }
    // The rule that starts the sweeper writes to the dead-letter queue under that key.
    template().hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'events.amazonaws.com' } })]) },
    });
  });

  it('keeps the metrics of two copies of a stack apart', () => {
    const app = new App({ context: FAST });
    const names = ['BookingEast', 'BookingWest'].map((stackName) => {
      const stack = new Stack(app, `Copy${stackName}`, { stackName });
      return new Outbox(stack, 'Outbox', { bus: new EventBus(stack, 'Bus'), overdueAfter: Duration.minutes(2) }).outboxName;
    });
    expect(names).toEqual(['BookingEast/Outbox', 'BookingWest/Outbox']);
  });
});
