import type { CreateScheduleInput } from '@aws-sdk/client-scheduler';
import { describe, expect, it } from 'vitest';
import { AwsError, Kernel } from '../../../local/kernel/index.ts';
import { SchedulerService } from '../../../local/services/scheduler/index.ts';
import { StubService } from '../events/stub-service.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const ROLE = 'arn:aws:iam::000000000000:role/schedule';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:jobs';
const attribute = (value: string) => ({ DataType: 'String', StringValue: value });

class TestScheduler {
  readonly kernel = new Kernel({ startAt: START });
  readonly service = new SchedulerService(this.kernel);
  readonly sqs = new StubService('sqs', this.kernel);
  readonly lambda = new StubService('lambda', this.kernel);
  readonly states = new StubService('states', this.kernel);
  readonly events = new StubService('events', this.kernel);
  readonly kinesis = new StubService('kinesis', this.kernel);

  constructor() {
    this.kernel.register(this.service);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as the SDK's commands do
  call<Output = any>(operation: string, input: object = {}): Output {
    return this.kernel.invoke({ service: 'scheduler', operation, input }) as Output;
  }

  errorOf(operation: string, input: object = {}): AwsError {
    try {
      this.call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
    throw new Error(`${operation} did not fail`);
  }

  create(input: Partial<Omit<CreateScheduleInput, 'Target'>> & { Target?: object } = {}): string {
    const { Target, ...given } = input;
    return this.call('CreateSchedule', {
      Name: 'tick',
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: QUEUE, RoleArn: ROLE, ...Target },
      ...given,
    }).ScheduleArn;
  }

  times(): string[] {
    return this.sqs.calls.map(({ at }) => new Date(at).toISOString().slice(0, 16));
  }
}

describe('recurring schedules', () => {
  it('run at once and then at their rate until they end, without keeping anybody waiting', async () => {
    const scheduler = new TestScheduler();
    scheduler.create({ EndDate: new Date(START + 16 * MINUTE) });
    await scheduler.kernel.settle();
    expect(scheduler.kernel.now()).toBe(START);
    await scheduler.kernel.advance(60 * MINUTE);
    expect(scheduler.times()).toEqual(['2026-01-01T00:00', '2026-01-01T00:05', '2026-01-01T00:10', '2026-01-01T00:15']);
  });

  it('begin at their start date', async () => {
    const scheduler = new TestScheduler();
    scheduler.create({ StartDate: new Date(START + 30 * MINUTE) });
    await scheduler.kernel.advance(37 * MINUTE);
    expect(scheduler.times()).toEqual(['2026-01-01T00:30', '2026-01-01T00:35']);
  });

  it('follow cron in their time zone', async () => {
    const scheduler = new TestScheduler();
    scheduler.create({ ScheduleExpression: 'cron(0 9 * * ? *)', ScheduleExpressionTimezone: 'America/New_York' });
    await scheduler.kernel.advance(30 * 60 * MINUTE);
    expect(scheduler.times()).toEqual(['2026-01-01T14:00']);
  });

  it('run within their flexible window', async () => {
    const scheduler = new TestScheduler();
    scheduler.create({ ScheduleExpression: 'rate(1 hour)', FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } });
    await scheduler.kernel.advance(24 * 60 * MINUTE + 15 * MINUTE);
    const offsets = scheduler.sqs.calls.map(({ at }) => (at - START) % (60 * MINUTE));
    expect(offsets).toHaveLength(25);
    expect(Math.max(...offsets)).toBeLessThan(15 * MINUTE);
    expect(new Set(offsets).size).toBeGreaterThan(12);
  });

  it('change and stop with their settings', async () => {
    const scheduler = new TestScheduler();
    scheduler.create();
    await scheduler.kernel.advance(6 * MINUTE);
    const { ScheduleExpression, FlexibleTimeWindow, Target } = scheduler.call('GetSchedule', { Name: 'tick' });
    const update = { Name: 'tick', FlexibleTimeWindow, Target };
    scheduler.call('UpdateSchedule', { ...update, ScheduleExpression: 'rate(1 hour)' });
    await scheduler.kernel.advance(61 * MINUTE);
    scheduler.call('UpdateSchedule', { ...update, ScheduleExpression, State: 'DISABLED' });
    await scheduler.kernel.advance(61 * MINUTE);
    expect(scheduler.times()).toEqual(['2026-01-01T00:00', '2026-01-01T00:05', '2026-01-01T00:06', '2026-01-01T01:06']);
    scheduler.call('DeleteSchedule', { Name: 'tick' });
    expect(scheduler.errorOf('GetSchedule', { Name: 'tick' }).message).toBe('Schedule tick does not exist.');
  });
});

describe('one-time schedules', () => {
  it('run once, without keeping anybody waiting, and delete themselves when told to', async () => {
    const scheduler = new TestScheduler();
    scheduler.create({ ScheduleExpression: 'at(2026-06-01T12:00:00)', ActionAfterCompletion: 'DELETE' });
    scheduler.create({ Name: 'kept', ScheduleExpression: 'at(2026-06-01T12:00:00)' });
    await scheduler.kernel.settle();
    expect(scheduler.kernel.now()).toBe(START);
    await scheduler.kernel.advance(365 * 24 * 60 * MINUTE);
    expect(scheduler.times()).toEqual(['2026-06-01T12:00', '2026-06-01T12:00']);
    expect(scheduler.call('ListSchedules', {}).Schedules).toMatchObject([{ Name: 'kept' }]);
  });
});

describe('targets', () => {
  const ran = async (Target: object): Promise<TestScheduler> => {
    const scheduler = new TestScheduler();
    scheduler.create({ ScheduleExpression: 'rate(1 day)', StartDate: new Date(START + 24 * 60 * MINUTE), Target });
    await scheduler.kernel.advance(24 * 60 * MINUTE);
    return scheduler;
  };

  it('get the input with AWS’s context attributes filled in', async () => {
    const { sqs } = await ran({
      Input: '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number> <other>',
    });
    expect(sqs.bodies('jobs')).toEqual(['arn:aws:scheduler:us-east-1:000000000000:schedule/default/tick 2026-01-02T00:00:00Z 1 <other>']);
    expect(sqs.calls[0]?.context).toMatchObject({
      principal: ROLE,
      sourceArn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/tick',
    });
  });

  it('get a notification when there is no input', async () => {
    const { lambda } = await ran({ Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f' });
    const payload = JSON.parse(new TextDecoder().decode(lambda.calls[0]?.input.Payload as Uint8Array));
    expect(payload).toMatchObject({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event', time: '2026-01-02T00:00:00Z' });
  });

  it('may be an event bus', async () => {
    const { events } = await ran({
      Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/orders',
      EventBridgeParameters: { Source: 's', DetailType: 't' },
      Input: '{"a":1}',
    });
    expect(events.calls[0]).toMatchObject({
      operation: 'PutEvents',
      input: { Entries: [{ EventBusName: expect.stringContaining('orders'), Source: 's', DetailType: 't', Detail: '{"a":1}' }] },
    });
  });

  it('may be any action of a service', async () => {
    const { states } = await ran({
      Arn: 'arn:aws:scheduler:::aws-sdk:sfn:startExecution',
      Input: '{"StateMachineArn":"arn:s","Input":"{}"}',
    });
    expect(states.calls[0]).toMatchObject({ operation: 'StartExecution', input: { stateMachineArn: 'arn:s', input: '{}' } });
    const { lambda } = await ran({
      Arn: 'arn:aws:scheduler:::aws-sdk:lambda:invoke',
      Input: '{"FunctionName":"f","Payload":"{\\"a\\":1}"}',
    });
    expect(lambda.calls[0]).toMatchObject({
      operation: 'Invoke',
      input: { FunctionName: 'f', Payload: new TextEncoder().encode('{"a":1}') },
    });
  });

  it('that fail for good leave a dead letter with what AWS says of it', async () => {
    const scheduler = new TestScheduler();
    const arn = scheduler.create({
      ScheduleExpression: 'at(2026-01-01T00:10:00)',
      Target: { Input: 'hello', RetryPolicy: { MaximumRetryAttempts: 1 }, DeadLetterConfig: { Arn: QUEUE.replace('jobs', 'dead') } },
    });
    scheduler.sqs.failing = ({ input }) =>
      String(input.QueueUrl).endsWith('/jobs') ? new AwsError('ThrottlingException', 'slow down') : undefined;
    await scheduler.kernel.advance(20 * MINUTE);
    expect(scheduler.sqs.sentTo('jobs')).toHaveLength(2);
    expect(scheduler.sqs.sentTo('dead')[0]).toMatchObject({
      context: { principal: ROLE },
      input: {
        MessageBody: 'hello',
        MessageAttributes: {
          ERROR_CODE: attribute('ThrottlingException'),
          ERROR_MESSAGE: attribute('slow down'),
          EXHAUSTED_RETRY_CONDITION: attribute('MaximumRetryAttempts'),
          IS_PAYLOAD_TRUNCATED: attribute('false'),
          RETRY_ATTEMPTS: attribute('1'),
          SCHEDULED_TIME: attribute('2026-01-01T00:10:00Z'),
          SCHEDULE_ARN: attribute(arn),
          TARGET_ARN: attribute(QUEUE),
        },
      },
    });
  });

  it('that fail for good without a dead-letter queue are noted', async () => {
    const scheduler = new TestScheduler();
    scheduler.create({ ScheduleExpression: 'at(2026-01-01T00:10:00)' });
    scheduler.sqs.failing = () => new AwsError('AccessDenied', 'no');
    await scheduler.kernel.advance(20 * MINUTE);
    expect(scheduler.service.dropped).toMatchObject([{ targetArn: QUEUE, reason: 'AccessDenied: no' }]);
  });
});

describe('the API', () => {
  it('refuses in AWS’s words', () => {
    const scheduler = new TestScheduler();
    scheduler.create();
    const fails = (input: object): string => {
      const base = {
        Name: 'x',
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: QUEUE, RoleArn: ROLE },
      };
      return scheduler.errorOf('CreateSchedule', { ...base, ...input }).message;
    };
    expect(fails({ ScheduleExpression: 'rate(10 years)' })).toBe('Invalid Schedule Expression rate(10 years).');
    expect(fails({ ScheduleExpression: ' rate(10 minutes)' })).toBe('Invalid Schedule Expression  rate(10 minutes).');
    expect(fails({ Name: 'tick' })).toBe('Schedule tick already exists.');
    expect(fails({ GroupName: 'none' })).toBe('Schedule group none does not exist.');
    expect(fails({ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } })).toContain('MaximumWindowInMinutes');
    expect(fails({ ScheduleExpressionTimezone: 'Mars/Olympus' })).toContain('Mars/Olympus');
    expect(fails({ Target: { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:receiveMessage', RoleArn: ROLE } })).toContain('cannot run the target');
    expect(fails({ Target: { Arn: QUEUE } })).toContain('target.roleArn');
  });

  it('keeps schedules in groups, which go with all they hold', async () => {
    const scheduler = new TestScheduler();
    scheduler.call('CreateScheduleGroup', { Name: 'night', Tags: [{ Key: 'a', Value: '1' }] });
    const arn = scheduler.create({ GroupName: 'night' });
    expect(arn).toBe('arn:aws:scheduler:us-east-1:000000000000:schedule/night/tick');
    scheduler.create();
    expect(scheduler.call('ListSchedules', { GroupName: 'night' }).Schedules).toMatchObject([{ Arn: arn }]);
    const { Arn } = scheduler.call('GetScheduleGroup', { Name: 'night' });
    expect(scheduler.call('ListTagsForResource', { ResourceArn: Arn })).toEqual({ Tags: [{ Key: 'a', Value: '1' }] });
    scheduler.call('DeleteScheduleGroup', { Name: 'night' });
    await scheduler.kernel.advance(6 * MINUTE);
    expect(scheduler.times()).toEqual(['2026-01-01T00:00', '2026-01-01T00:05']);
  });
});
