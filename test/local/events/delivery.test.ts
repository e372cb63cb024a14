import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import { queueArn, START, TestEvents } from './test-events.ts';

const pattern = { source: ['shop'] };
const ROLE = 'arn:aws:iam::000000000000:role/deliver';
const throttled = (): AwsError => new AwsError('ThrottlingException', 'Rate exceeded');
const attribute = (value: string) => ({ DataType: 'String', StringValue: value });

describe('targets', () => {
  it.each([
    [
      'sqs',
      { Arn: queueArn('q.fifo'), SqsParameters: { MessageGroupId: 'g' } },
      'SendMessage',
      { MessageGroupId: 'g', MessageBody: '{"a":1}' },
    ],
    [
      'sns',
      { Arn: 'arn:aws:sns:us-east-1:000000000000:news' },
      'Publish',
      { TopicArn: 'arn:aws:sns:us-east-1:000000000000:news', Message: '{"a":1}' },
    ],
    [
      'lambda',
      { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f' },
      'Invoke',
      { InvocationType: 'Event', Payload: new TextEncoder().encode('{"a":1}') },
    ],
    [
      'states',
      { Arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:s', RoleArn: ROLE },
      'StartExecution',
      { stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:s', input: '{"a":1}' },
    ],
    [
      'kinesis',
      { Arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s', RoleArn: ROLE, KinesisParameters: { PartitionKeyPath: '$.detail.a' } },
      'PutRecord',
      { PartitionKey: '1', Data: new TextEncoder().encode('{"a":1}') },
    ],
  ] as const)('%s', async (service, target, operation, input) => {
    const events = new TestEvents();
    const ruleArn = events.rule({ pattern }, { ...target, InputPath: '$.detail' });
    events.event({ a: 1 });
    await events.kernel.settle();
    const principal = 'RoleArn' in target ? ROLE : 'events.amazonaws.com';
    expect(events[service].calls).toMatchObject([{ operation, input, context: { principal, sourceArn: ruleArn } }]);
  });

  it('keeps an execution name over all attempts', async () => {
    const events = new TestEvents();
    events.rule({ pattern }, { Arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:s', RoleArn: ROLE });
    events.states.failures = [throttled()];
    const id = events.event({});
    await events.kernel.settle();
    const names = events.states.calls.map(({ input }) => input.name);
    expect(names).toHaveLength(2);
    expect(names[0]).toBe(names[1]);
    expect(names[0]).toMatch(new RegExp(`^${id}_`));
  });
});

describe('retries', () => {
  it('goes on until the target takes it, further and further apart', async () => {
    const events = new TestEvents();
    events.rule({ pattern }, {});
    events.sqs.failures = Array.from({ length: 12 }, throttled);
    events.event({});
    await events.kernel.settle();
    const times = events.sqs.calls.map(({ at }) => at - START);
    expect(times).toHaveLength(13);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    gaps.forEach((gap, index) => {
      const longest = Math.min(600_000, 1_000 * 2 ** index);
      expect(gap).toBeGreaterThanOrEqual(longest / 2);
      expect(gap).toBeLessThanOrEqual(longest);
    });
    expect(events.service.undelivered.count).toBe(0);
  });

  it('gives up after the attempts of the policy, and hands the event to the dead-letter queue', async () => {
    const events = new TestEvents();
    const target = { RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: queueArn('dead') }, InputPath: '$.detail' };
    const ruleArn = events.rule({ pattern }, target);
    events.sqs.failures = [throttled(), throttled(), throttled()];
    const id = events.event({ a: 1 });
    await events.kernel.settle();
    const [letter, ...others] = events.sqs.sentTo('dead');
    expect(others).toEqual([]);
    expect(JSON.parse(String(letter?.input.MessageBody))).toMatchObject({ id, detail: { a: 1 } });
    expect(letter?.input.MessageAttributes).toEqual({
      RULE_ARN: attribute(ruleArn),
      TARGET_ARN: attribute(queueArn('jobs')),
      ERROR_CODE: attribute('THROTTLING'),
      ERROR_MESSAGE: attribute('Rate exceeded'),
      EXHAUSTED_RETRY_CONDITION: attribute('MaximumRetryAttempts'),
      RETRY_ATTEMPTS: attribute('2'),
    });
    expect(letter?.context).toMatchObject({ principal: 'events.amazonaws.com', sourceArn: ruleArn });
  });

  it('gives up by default within 24 hours and 185 retries', async () => {
    const events = new TestEvents();
    events.rule({ pattern }, { DeadLetterConfig: { Arn: queueArn('dead') } });
    events.sqs.failing = ({ input }) => (String(input.QueueUrl).endsWith('/jobs') ? throttled() : undefined);
    events.event({});
    await events.kernel.settle();
    expect(events.sqs.sentTo('jobs').length).toBeLessThanOrEqual(186);
    expect(events.sqs.sentTo('jobs').length).toBeGreaterThan(100);
    expect(events.sqs.sentTo('dead')).toHaveLength(1);
    expect(events.kernel.now() - START).toBeLessThanOrEqual(24 * 3_600_000);
  });

  it('gives up when the event is too old', async () => {
    const events = new TestEvents();
    events.rule({ pattern }, { RetryPolicy: { MaximumEventAgeInSeconds: 60 }, DeadLetterConfig: { Arn: queueArn('dead') } });
    events.sqs.failing = ({ input }) => (String(input.QueueUrl).endsWith('/jobs') ? throttled() : undefined);
    events.event({});
    await events.kernel.settle();
    expect(events.kernel.now() - START).toBe(60_000);
    expect(events.sqs.sentTo('dead')[0]?.input.MessageAttributes).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: attribute('MaximumEventAgeInSeconds'),
    });
  });

  it.each([
    [new AwsError('AccessDenied', 'no'), 'NO_PERMISSIONS'],
    [new AwsError('QueueDoesNotExist', 'no', { queryCode: 'AWS.SimpleQueueService.NonExistentQueue' }), 'NO_RESOURCE'],
    [new AwsError('InvalidParameterValue', 'no'), 'INVALID_PARAMETER'],
  ])('does not retry %s', async (error, code) => {
    const events = new TestEvents();
    events.rule({ pattern }, { DeadLetterConfig: { Arn: queueArn('dead') } });
    events.sqs.failures = [error];
    events.event({});
    await events.kernel.settle();
    expect(events.kernel.now()).toBe(START);
    const { MessageAttributes } = events.sqs.sentTo('dead')[0]?.input ?? {};
    expect(MessageAttributes).toMatchObject({ ERROR_CODE: attribute(code), RETRY_ATTEMPTS: attribute('0') });
    expect(MessageAttributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  it('notes what is dropped, when there is no dead-letter queue or it refuses', async () => {
    const events = new TestEvents();
    events.rule({ pattern }, {}, { DeadLetterConfig: { Arn: queueArn('dead') } });
    events.sqs.failing = () => new AwsError('AccessDenied', 'no');
    events.event({});
    await events.kernel.settle();
    expect(events.service.undelivered.recent.map(({ reason }) => reason)).toEqual([
      'NO_PERMISSIONS: no',
      'NO_PERMISSIONS: no; and its dead-letter queue refused it: AccessDenied: no',
    ]);
  });

  it('is pending until it is over', async () => {
    const events = new TestEvents();
    events.rule({ pattern }, {});
    events.sqs.failures = [throttled()];
    events.event({});
    await events.kernel.advance(100);
    expect(events.kernel.pending()).toEqual([{ resource: queueArn('jobs'), what: 'events on their way', count: 1 }]);
    await events.kernel.settle();
    expect(events.kernel.pending()).toEqual([]);
  });

  it('lets a fault of the local cloud through', async () => {
    const events = new TestEvents();
    events.rule({ pattern }, {});
    events.sqs.failing = () => {
      throw new TypeError('a bug');
    };
    events.event({});
    await expect(events.kernel.settle()).rejects.toThrow('a bug');
  });
});

describe('API destinations', () => {
  const destination = (events: TestEvents): string => {
    const { ConnectionArn } = events.call('CreateConnection', {
      Name: 'partner',
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'secret' } },
    });
    const input = { Name: 'partner', ConnectionArn, InvocationEndpoint: 'https://partner.example/orders/*', HttpMethod: 'POST' };
    return events.call('CreateApiDestination', input).ApiDestinationArn;
  };

  it('sends requests with the key of the connection, and retries what may pass', async () => {
    const requests: object[] = [];
    const statuses = [503, 202];
    const events = new TestEvents({
      http: async (request) => {
        requests.push(request);
        return { status: statuses.shift() ?? 500 };
      },
    });
    const Arn = destination(events);
    const HttpParameters = { PathParameterValues: ['$.detail.id'], QueryStringParameters: { v: '1' } };
    events.rule({ pattern }, { Arn, RoleArn: ROLE, InputPath: '$.detail', HttpParameters });
    events.event({ id: 'a/b' });
    await events.kernel.settle();
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatchObject({
      method: 'POST',
      url: 'https://partner.example/orders/a%2Fb?v=1',
      headers: { 'x-key': 'secret' },
      body: '{"id":"a/b"}',
    });
  });

  it('fails for good without a way out', async () => {
    const events = new TestEvents();
    events.rule({ pattern }, { Arn: destination(events), RoleArn: ROLE });
    events.event({});
    await events.kernel.settle();
    expect(events.service.undelivered.recent[0]?.reason).toContain('https://partner.example');
  });
});
