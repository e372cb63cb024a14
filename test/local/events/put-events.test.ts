import { describe, expect, it } from 'vitest';
import { TestEvents } from './test-events.ts';

describe('PutEvents', () => {
  it('delivers the event as AWS writes it', async () => {
    const events = new TestEvents();
    events.rule({ pattern: { source: ['shop'] } }, {});
    const id = events.event({ total: 12345678901234567890n.toString(), 2: 'b', a: [1] }, { Resources: ['arn:x'], Time: new Date(0) });
    await events.kernel.settle();
    expect(events.sqs.bodies('jobs')).toEqual([
      `{"version":"0","id":"${id}","detail-type":"Order","source":"shop","account":"000000000000","time":"1970-01-01T00:00:00Z",` +
        '"region":"us-east-1","resources":["arn:x"],"detail":{"2":"b","total":"12345678901234567890","a":[1]}}',
    ]);
  });

  it('keeps numbers and the order of members as they were sent', async () => {
    const events = new TestEvents();
    events.rule({ pattern: { detail: { n: [12345678901234567890n].map(Number) } } }, {});
    events.rule({ Name: 'exact', EventPattern: '{"detail":{"n":[12345678901234567890]}}' }, {});
    events.put({ Source: 's', DetailType: 't', Detail: '{ "n": 12345678901234567890, "10": " x ", "2": 1.0 }' });
    await events.kernel.settle();
    expect(events.sqs.bodies('jobs').map((body) => body.slice(body.indexOf('"detail":')))).toEqual([
      '"detail":{"n":12345678901234567890,"10":" x ","2":1.0}}',
    ]);
  });

  it.each([
    [{ DetailType: 't', Detail: '{}' }, 'InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.'],
    [{ Source: 's', Detail: '{}' }, 'InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.'],
    [{ Source: 's', DetailType: 't' }, 'InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.'],
    [{ Source: 's', DetailType: 't', Detail: '[]' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Source: 's', DetailType: 't', Detail: '123456789012345678901' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Source: 's', DetailType: 't', Detail: '{"a":}' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Source: 'aws.x', DetailType: 't', Detail: '{}' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
  ])('refuses %j for itself alone', (entry, ErrorCode, ErrorMessage) => {
    const events = new TestEvents();
    const good = { Source: 's', DetailType: 't', Detail: '{}' };
    expect(events.put(good, entry, good)).toEqual({
      FailedEntryCount: 1,
      Entries: [{ EventId: expect.any(String) }, { ErrorCode, ErrorMessage }, { EventId: expect.any(String) }],
    });
  });

  it('refuses more than ten entries or 1 MB as a whole', () => {
    const events = new TestEvents();
    const entry = { Source: 's', DetailType: 't', Detail: '{}' };
    expect(events.errorOf('PutEvents', { Entries: Array(11).fill(entry) }).message).toContain(
      'Member must have length less than or equal to 10',
    );
    const wide = (bytes: number) => ({ ...entry, Detail: `{"x":"${'x'.repeat(bytes - 10)}"}` });
    expect(events.put(wide(524_288), wide(524_288)).FailedEntryCount).toBe(0);
    expect(events.errorOf('PutEvents', { Entries: [wide(524_289), wide(524_288)] })).toMatchObject({
      code: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
  });

  it('answers for a bus that does not exist as AWS does, and notes it', () => {
    const events = new TestEvents();
    const { FailedEntryCount, Entries } = events.put({ Source: 's', DetailType: 't', Detail: '{}', EventBusName: 'nowhere' });
    expect([FailedEntryCount, Entries]).toEqual([0, [{ EventId: expect.any(String) }]]);
    expect(events.service.undelivered.recent).toMatchObject([{ resource: 'nowhere', reason: 'Event bus nowhere does not exist.' }]);
  });
});

describe('routing', () => {
  it('serves every rule that matches, on its own bus, unless it is disabled', async () => {
    const events = new TestEvents();
    const { EventBusArn } = events.call('CreateEventBus', { Name: 'orders' });
    events.rule({ Name: 'here', EventBusName: 'orders', pattern: { 'detail-type': ['Order'] } }, { Input: '"here"' });
    events.rule({ Name: 'prefix', EventBusName: 'orders', pattern: { source: [{ prefix: 'sh' }] } }, { Input: '"prefix"' });
    events.rule({ Name: 'off', EventBusName: 'orders', State: 'DISABLED', pattern: { source: ['shop'] } }, { Input: '"off"' });
    events.rule({ Name: 'elsewhere', pattern: { source: ['shop'] } }, { Input: '"elsewhere"' });
    events.event({}, { EventBusName: 'orders' });
    events.event({}, { EventBusName: EventBusArn, DetailType: 'Other' });
    events.call('EnableRule', { Name: 'off', EventBusName: 'orders' });
    events.call('DisableRule', { Name: 'prefix', EventBusName: 'orders' });
    events.event({}, { EventBusName: 'orders', DetailType: 'Other' });
    await events.kernel.settle();
    expect(events.sqs.bodies('jobs')).toEqual(['"here"', '"prefix"', '"prefix"', '"off"']);
  });

  it('forwards to another bus with id, time and account kept', async () => {
    const events = new TestEvents();
    const { EventBusArn } = events.call('CreateEventBus', { Name: 'second' });
    const role = 'arn:aws:iam::000000000000:role/forward';
    events.rule({ pattern: { source: ['shop'] } }, { Arn: EventBusArn, RoleArn: role });
    events.rule({ Name: 'second', EventBusName: 'second', pattern: { source: ['shop'] } }, {});
    const id = events.event({ a: 1 }, { Time: new Date(0) });
    await events.kernel.settle();
    expect(events.sqs.bodies('jobs').map((body) => JSON.parse(body))).toMatchObject([
      { id, time: '1970-01-01T00:00:00Z', detail: { a: 1 } },
    ]);
  });

  it('writes to log groups and keeps what was written', async () => {
    const events = new TestEvents();
    events.rule(
      { pattern: { source: ['shop'] } },
      { Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/all:*', Input: '"line"' },
    );
    events.event({});
    await events.kernel.settle();
    expect(events.service.logLines('/aws/events/all')).toEqual(['"line"']);
  });
});
