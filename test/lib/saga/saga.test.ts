import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineEvent } from '../../../lambdas/contracts/index.ts';
import { EventBus } from '../../../lib/event-bus/index.ts';
import { Saga, type SagaProps } from '../../../lib/saga/index.ts';
import { testFunction } from '../consumer/test-function.ts';

const Requested = defineEvent('booking.requested', { version: 1, subject: () => 's', data: z.object({}) });

function stackOf(props: (stack: Stack) => Partial<SagaProps> = () => ({})) {
  const stack = new Stack(new App({ context: { 'millrace:aws-sdk': 'runtime' } }), 'Booking');
  const saga = new Saga(stack, 'Saga', {
    steps: [
      { name: 'reserveSeat', kind: 'compensatable', handler: testFunction(stack, 'Seats') },
      { name: 'issueTicket', kind: 'pivot', handler: testFunction(stack, 'Tickets') },
      {
        name: 'creditPoints',
        kind: 'retriable',
        handler: testFunction(stack, 'Points'),
        retry: { retries: 4, interval: Duration.seconds(2) },
      },
    ],
    onCompensated: testFunction(stack, 'Reject'),
    ...props(stack),
  });
  return { stack, saga, template: () => Template.fromStack(stack) };
}

interface Definition {
  StartAt: string;
  QueryLanguage: string;
  States: Record<string, { Type: string; TimeoutSeconds?: number; Retry?: { ErrorEquals: string[]; MaxAttempts: number }[] }>;
}

function definitionOf(template: Template): Definition {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const parts = machine?.Properties.DefinitionString['Fn::Join'][1] as unknown[];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'TOKEN')).join(''));
}

describe('Saga', () => {
  it('is a standard state machine in JSONata, traced and logged, without a limit that would end it in the middle', () => {
    const template = stackOf().template();
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
    const definition = definitionOf(template);
    expect(definition).toMatchObject({ QueryLanguage: 'JSONata', StartAt: 'Begin' });
    expect(definition).not.toHaveProperty('TimeoutSeconds');
    expect(Object.keys(definition.States)).toEqual(
      expect.arrayContaining([
        'reserveSeat',
        'Undo reserveSeat',
        'issueTicket',
        'creditPoints',
        'Notify compensated',
        'Park',
        'Parked',
        'Completed',
        'Compensated',
      ]),
    );
  });

  it('logs where deliveries of logs need no room in the policy that all of the account share', () => {
    stackOf()
      .template()
      .hasResourceProperties('AWS::Logs::LogGroup', {
        LogGroupName: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('^/aws/vendedlogs/states/Booking-Saga-')])] },
      });
  });

  it('calls the integrations of the partition that it is deployed to', () => {
    const template = stackOf().template();
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const definition = JSON.stringify(machine?.Properties.DefinitionString);
    expect(definition).toContain('"arn:",{"Ref":"AWS::Partition"},":states:::lambda:invoke');
    expect(definition).not.toContain('arn:aws:');
  });

  it('gives every call a time limit and its retries', () => {
    const { States } = definitionOf(stackOf().template());
    for (const [name, state] of Object.entries(States))
      if (state.Type === 'Task' && name !== 'Park') expect(state.TimeoutSeconds, name).toBe(20);
    expect(States.creditPoints?.Retry?.at(-1)).toEqual({
      ErrorEquals: ['States.ALL'],
      MaxAttempts: 4,
      IntervalSeconds: 2,
      BackoffRate: 2,
      MaxDelaySeconds: 300,
      JitterStrategy: 'FULL',
    });
    // A step that can be taken back is not repeated when it ran out of time.
    expect(States.reserveSeat?.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout'))?.MaxAttempts).toBe(0);
    expect(States.issueTicket?.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout'))).toBeUndefined();
  });

  it('may invoke the functions of its steps and park, and nothing more', () => {
    const template = stackOf().template();
    const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('SagaStateMachineRole'));
    const statements = policy?.[1].Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[];
    const invoke = statements.find(({ Action }) => Action === 'lambda:InvokeFunction');
    expect(invoke?.Resource).toHaveLength(4);
    expect(statements.find(({ Action }) => Action === 'dynamodb:PutItem')?.Resource).toMatchObject({
      'Fn::GetAtt': [expect.stringContaining('MillraceParking'), 'Arn'],
    });
    // Log delivery and X-Ray have no resource-level permissions.
    const wide = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(wide.every((action) => /^(logs|xray):/.test(action))).toBe(true);
  });

  it('tells its steps where to keep what became of them', () => {
    stackOf()
      .template()
      .resourcePropertiesCountIs('AWS::Lambda::Function', { Environment: { Variables: { MILLRACE_SAGA_TABLE: Match.anyValue() } } }, 4);
  });

  it('raises alarms when a saga is parked, stopped or stuck', () => {
    const { saga, template } = stackOf();
    for (const MetricName of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']) {
      template().hasResourceProperties('AWS::CloudWatch::Alarm', { Namespace: 'AWS/States', MetricName, Threshold: 1 });
    }
    template().hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ExecutionTime', Threshold: saga.longest.toMilliseconds() });
  });

  it('starts on an event through a queue with a dead-letter queue, by a function that may start nothing else', () => {
    const { stack, saga, template } = stackOf();
    saga.startOn(new EventBus(stack, 'Bus', { archive: false }), Requested);
    template().hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': ['booking.requested'] },
      Targets: [
        Match.objectLike({
          InputPath: '$.detail',
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('StartOnBookingRequestedSourceQueue'), 'Arn'] },
        }),
      ],
    });
    template().hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: Match.anyValue(), VisibilityTimeout: 120 });
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 'states:StartExecution', Resource: { Ref: Match.stringLikeRegexp('^SagaStateMachine') } }),
        ]),
      },
    });
  });

  it('keeps everything under a customer-managed key, and may write to the parking table with it', () => {
    const template = stackOf((stack) => ({ encryptionKey: new Key(stack, 'Key') })).template();
    template.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: { SSEType: 'KMS' } });
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('SagaStateMachineRole') }],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['kms:Encrypt']) })]) },
    });
  });

  it.each<[string, (stack: Stack) => Partial<SagaProps>, RegExp]>([
    ['no steps', () => ({ steps: [] }), /Booking\/Saga: A saga needs at least one step/],
    ['a name that cannot be part of a key', () => ({ sagaName: "x'" }), /Booking\/Saga: the saga's name/],
    [
      'a step to take back behind the pivot',
      (stack) => ({
        steps: [
          { name: 'a', kind: 'pivot', handler: testFunction(stack, 'A') },
          { name: 'b', kind: 'compensatable', handler: testFunction(stack, 'B') },
        ],
      }),
      /after the point of no return/,
    ],
  ])('refuses %s, with the place', (_what, props, message) => {
    expect(() => stackOf(props)).toThrow(message);
  });

  it('refuses two sagas of one name over the same records', () => {
    const { stack } = stackOf();
    const step = { name: 'a', kind: 'retriable', handler: testFunction(stack, 'A') } as const;
    expect(() => new Saga(stack, 'Other', { sagaName: 'Saga', steps: [step] })).toThrow(/another saga/);
  });
});
