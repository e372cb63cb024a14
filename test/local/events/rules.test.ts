import { describe, expect, it } from 'vitest';
import { queueArn, TestEvents } from './test-events.ts';

const MINUTE = 60_000;

describe('rules', () => {
  it('are described as they were put, and keep their targets when put again', () => {
    const events = new TestEvents();
    const arn = events.rule({ EventPattern: '{"source":["a"]}', Description: 'first' }, { Id: 'q' });
    events.call('PutRule', { Name: 'rule', EventPattern: '{"source":["b"]}' });
    expect(arn).toBe('arn:aws:events:us-east-1:000000000000:rule/rule');
    expect(events.call('DescribeRule', { Name: 'rule' })).toEqual({
      Name: 'rule',
      Arn: arn,
      EventBusName: 'default',
      EventPattern: '{"source":["b"]}',
      State: 'ENABLED',
      CreatedBy: '000000000000',
    });
    expect(events.call('ListTargetsByRule', { Rule: 'rule' })).toEqual({ Targets: [{ Id: 'q', Arn: queueArn('jobs') }] });
    expect(events.call('ListRuleNamesByTarget', { TargetArn: queueArn('jobs') })).toEqual({ RuleNames: ['rule'] });
  });

  it('are listed page by page', () => {
    const events = new TestEvents();
    for (const n of [1, 2, 3]) events.rule({ Name: `r${n}`, EventPattern: '{"source":["a"]}' });
    const first = events.call('ListRules', { Limit: 2, NamePrefix: 'r' });
    expect(first.Rules.map(({ Name }: { Name: string }) => Name)).toEqual(['r1', 'r2']);
    const second = events.call('ListRules', { Limit: 2, NamePrefix: 'r', NextToken: first.NextToken });
    expect(second.Rules.map(({ Name }: { Name: string }) => Name)).toEqual(['r3']);
    expect(second.NextToken).toBeUndefined();
  });

  it('are refused in AWS’s words', () => {
    const events = new TestEvents();
    events.rule({ EventPattern: '{"source":["a"]}' }, {});
    events.call('CreateEventBus', { Name: 'custom' });
    const error = (operation: string, input: object): string => {
      const { code, message } = events.errorOf(operation, input);
      return `${code}: ${message}`;
    };
    expect(error('PutRule', { Name: 'x' })).toBe('ValidationException: Parameter(s) EventPattern or ScheduleExpression must be specified.');
    expect(error('PutRule', { Name: 'x', EventPattern: '{"a":[]}' })).toBe(
      'InvalidEventPatternException: Event pattern is not valid. Reason: Empty arrays are not allowed\n at [Source: (String)"{"a":[]}"; line: 1, column: 8]',
    );
    expect(error('PutRule', { Name: 'x', EventPattern: '{"a":[1]}', EventBusName: 'none' })).toBe(
      'ResourceNotFoundException: Event bus none does not exist.',
    );
    expect(error('PutRule', { Name: 'x', ScheduleExpression: 'rate(1 minute)', EventBusName: 'custom' })).toBe(
      'ValidationException: ScheduleExpression is supported only on the default event bus.',
    );
    expect(error('DescribeRule', { Name: 'x' })).toBe('ResourceNotFoundException: Rule x does not exist on EventBus default.');
    expect(error('DeleteRule', { Name: 'rule' })).toBe("ValidationException: Rule can't be deleted since it has targets.");
    expect(error('PutTargets', { Rule: 'rule', Targets: [{ Id: '!@', Arn: queueArn('q') }] })).toBe(
      "ValidationException: 1 validation error detected: Value '!@' at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+",
    );
    const six = Array.from({ length: 6 }, (_, n) => ({ Id: `t${n}`, Arn: queueArn('q') }));
    expect(error('PutTargets', { Rule: 'rule', Targets: six })).toBe(
      'LimitExceededException: The requested resource exceeds the maximum number allowed.',
    );
    expect(error('PutTargets', { Rule: 'rule', Targets: [{ Id: 't', Arn: queueArn('q.fifo') }] })).toContain(
      'SqsParameters must be specified',
    );
    expect(error('Nonsense', {})).toContain('UnknownOperationException');
  });

  it('answer for targets that are not there when they are removed', () => {
    const events = new TestEvents();
    events.rule({ EventPattern: '{"source":["a"]}' }, { Id: 'q' });
    expect(events.call('RemoveTargets', { Rule: 'rule', Ids: ['q', 'r'] })).toMatchObject({
      FailedEntryCount: 1,
      FailedEntries: [{ TargetId: 'r', ErrorCode: 'ResourceNotFoundException' }],
    });
    events.call('DeleteRule', { Name: 'rule' });
    expect(events.call('ListRules', {}).Rules).toEqual([]);
  });
});

describe('scheduled rules', () => {
  it('fire at their rate, without keeping anybody waiting', async () => {
    const events = new TestEvents();
    const arn = events.rule({ ScheduleExpression: 'rate(5 minutes)' }, {});
    const start = events.kernel.now();
    await events.kernel.settle();
    expect(events.kernel.now()).toBe(start);
    await events.kernel.advance(16 * MINUTE);
    const bodies = events.sqs.bodies('jobs').map((body) => JSON.parse(body));
    expect(bodies.map(({ time }) => time)).toEqual(['2026-01-01T00:05:00Z', '2026-01-01T00:10:00Z', '2026-01-01T00:15:00Z']);
    expect(bodies[0]).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [arn], detail: {} });
  });

  it('follow cron, and stop when they are disabled or deleted', async () => {
    const events = new TestEvents();
    events.rule({ ScheduleExpression: 'cron(0 12 ? * MON-FRI *)' }, { Input: '"noon"' });
    await events.kernel.advance(7 * 24 * 60 * MINUTE);
    // 2026-01-01 is a Thursday.
    expect(events.sqs.bodies('jobs')).toHaveLength(5);
    events.call('DisableRule', { Name: 'rule' });
    await events.kernel.advance(7 * 24 * 60 * MINUTE);
    expect(events.sqs.bodies('jobs')).toHaveLength(5);
  });

  it.each(
    (
      'rate(10 seconds),rate(1 minutes),rate(10 minute),rate(),rate(10),rate(0 minutes),rate(-10 minutes),rate(10 MINUTES),' +
      'rate( 10 minutes ), rate(10 minutes),cron(0 1 * * * *),cron(7 20 * * NOT *),cron(INVALID),cron(71 8 1 * ? *),at(2030-01-01T00:00:00)'
    ).split(','),
  )('refuse %s', (ScheduleExpression) => {
    const events = new TestEvents();
    expect(events.errorOf('PutRule', { Name: 'x', ScheduleExpression }).message).toBe('Parameter ScheduleExpression is not valid.');
  });
});

describe('buses', () => {
  it('are made, described, and deleted', () => {
    const events = new TestEvents();
    events.call('CreateEventBus', { Name: 'orders', Description: 'd' });
    expect(events.errorOf('CreateEventBus', { Name: 'orders' }).message).toBe('Event bus orders already exists.');
    const Statement = [{ Sid: 'a', Effect: 'Allow', Principal: '*', Action: 'events:PutEvents', Resource: '*' }];
    events.call('PutPermission', { EventBusName: 'orders', Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
    events.call('PutPermission', { EventBusName: 'orders', StatementId: 'b', Action: 'events:PutEvents', Principal: '111111111111' });
    const { Policy, Arn } = events.call('DescribeEventBus', { Name: 'orders' });
    expect(JSON.parse(Policy).Statement).toMatchObject([{ Sid: 'a' }, { Sid: 'b', Principal: { AWS: 'arn:aws:iam::111111111111:root' } }]);
    events.call('RemovePermission', { EventBusName: Arn, StatementId: 'a' });
    expect(events.errorOf('RemovePermission', { EventBusName: 'orders', StatementId: 'a' }).message).toBe(
      'Statement with the provided id does not exist.',
    );
    events.call('DeleteEventBus', { Name: 'orders' });
    expect(events.errorOf('DescribeEventBus', { Name: 'orders' }).message).toBe('Event bus orders does not exist.');
    expect(events.errorOf('DeleteEventBus', { Name: 'default' }).message).toBe('Cannot delete event bus default.');
    expect(events.call('ListEventBuses', {}).EventBuses.map(({ Name }: { Name: string }) => Name)).toEqual(['default']);
  });

  it('and rules carry tags', () => {
    const events = new TestEvents();
    const arn = events.rule({ EventPattern: '{"source":["a"]}', Tags: [{ Key: 'a', Value: '1' }] });
    events.call('TagResource', { ResourceARN: arn, Tags: [{ Key: 'b', Value: '2' }] });
    events.call('UntagResource', { ResourceARN: arn, TagKeys: ['a'] });
    expect(events.call('ListTagsForResource', { ResourceARN: arn })).toEqual({ Tags: [{ Key: 'b', Value: '2' }] });
  });
});

describe('TestEventPattern', () => {
  const event = { id: '1', source: 's', 'detail-type': 't', account: '1', region: 'r', time: 'now', detail: { a: 1 } };
  it('tells whether, and refuses what is no event or no pattern', () => {
    const events = new TestEvents();
    const test = (pattern: object, value: object) => ({ EventPattern: JSON.stringify(pattern), Event: JSON.stringify(value) });
    expect(events.call('TestEventPattern', test({ detail: { a: [1] } }, event))).toEqual({ Result: true });
    expect(events.call('TestEventPattern', test({ detail: { a: [2] } }, event))).toEqual({ Result: false });
    expect(events.errorOf('TestEventPattern', test({ detail: { a: [2] } }, { ...event, source: undefined })).code).toBe(
      'ValidationException',
    );
    expect(events.errorOf('TestEventPattern', test({ detail: { a: 2 } }, event)).code).toBe('InvalidEventPatternException');
  });
});
