import { describe, expect, it } from 'vitest';
import { START, TestEvents } from './test-events.ts';

const HOUR = 3_600_000;

function archived(events: TestEvents, archive: object = {}): { busArn: string; archiveArn: string } {
  const { EventBusArn: busArn } = events.call('CreateEventBus', { Name: 'orders' });
  const { ArchiveArn: archiveArn } = events.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: busArn, ...archive });
  return { busArn, archiveArn };
}

function replay(events: TestEvents, ids: { busArn: string; archiveArn: string }, input: object = {}): void {
  events.call('StartReplay', {
    ReplayName: 'again',
    EventSourceArn: ids.archiveArn,
    EventStartTime: new Date(START),
    EventEndTime: new Date(START + 100 * HOUR),
    Destination: { Arn: ids.busArn },
    ...input,
  });
}

describe('archives', () => {
  it('keep what matches, for as long as they are told', async () => {
    const events = new TestEvents();
    archived(events, { EventPattern: '{"detail":{"keep":[true]}}', RetentionDays: 2 });
    const count = (): number => events.call('DescribeArchive', { ArchiveName: 'all' }).EventCount;
    events.event({ keep: true }, { EventBusName: 'orders' });
    events.event({ keep: false }, { EventBusName: 'orders' });
    expect(count()).toBe(1);
    await events.kernel.advance(47 * HOUR);
    events.event({ keep: true }, { EventBusName: 'orders' });
    expect(count()).toBe(2);
    await events.kernel.advance(2 * HOUR);
    expect(count()).toBe(1);
    await events.kernel.advance(48 * HOUR);
    expect(events.call('ListArchives', {}).Archives).toMatchObject([{ ArchiveName: 'all', EventCount: 0, SizeBytes: 0 }]);
  });

  it('are refused for a bus that does not exist, a name that does, a pattern that is none', () => {
    const events = new TestEvents();
    const { busArn } = archived(events);
    const create = (input: object) => events.errorOf('CreateArchive', { ArchiveName: 'more', EventSourceArn: busArn, ...input });
    expect(create({ EventSourceArn: busArn.replace('orders', 'none') }).message).toBe('Event bus none does not exist.');
    expect(create({ ArchiveName: 'all' }).message).toBe('Archive all already exists.');
    expect(create({ EventPattern: '{}' }).code).toBe('InvalidEventPatternException');
  });
});

describe('replays', () => {
  it('send the events of a time again, in order, marked, and not into the archive', async () => {
    const events = new TestEvents();
    const ids = archived(events);
    events.rule({ EventBusName: 'orders', pattern: { source: ['shop'] } }, {});
    for (const n of [1, 2, 3, 4]) {
      events.event({ n }, { EventBusName: 'orders' });
      await events.kernel.advance(HOUR);
    }
    const seen = events.sqs.bodies('jobs').length;
    replay(events, ids, { EventStartTime: new Date(START + HOUR), EventEndTime: new Date(START + 3 * HOUR) });
    expect(events.call('DescribeReplay', { ReplayName: 'again' }).State).toBe('STARTING');
    await events.kernel.settle();
    const bodies = events.sqs.bodies('jobs').map((body) => JSON.parse(body));
    expect(bodies.slice(seen)).toEqual(bodies.slice(1, 3).map((event) => ({ ...event, 'replay-name': 'again' })));
    expect(events.call('DescribeReplay', { ReplayName: 'again' })).toMatchObject({
      State: 'COMPLETED',
      EventLastReplayedTime: new Date(START + 2 * HOUR),
    });
    expect(events.call('DescribeArchive', { ArchiveName: 'all' }).EventCount).toBe(4);
  });

  it('go to the rules that are named, where rules are named', async () => {
    const events = new TestEvents();
    const ids = archived(events);
    events.event({}, { EventBusName: 'orders' });
    events.rule({ Name: 'one', EventBusName: 'orders', pattern: { source: ['shop'] } }, { Input: '1' });
    const two = events.rule({ Name: 'two', EventBusName: 'orders', pattern: { source: ['shop'] } }, { Input: '2' });
    replay(events, ids, { Destination: { Arn: ids.busArn, FilterArns: [two] } });
    await events.kernel.settle();
    expect(events.sqs.bodies('jobs')).toEqual(['2']);
  });

  it('can be called off', async () => {
    const events = new TestEvents();
    const ids = archived(events);
    events.rule({ EventBusName: 'orders', pattern: { source: ['shop'] } }, {});
    events.event({}, { EventBusName: 'orders' });
    await events.kernel.settle();
    replay(events, ids);
    events.call('CancelReplay', { ReplayName: 'again' });
    await events.kernel.settle();
    expect(events.call('DescribeReplay', { ReplayName: 'again' }).State).toBe('CANCELLED');
    expect(events.sqs.bodies('jobs')).toHaveLength(1);
  });

  it.each([
    [{ Destination: { Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/none' } }, 'Event bus none does not exist.'],
    [
      { Destination: { Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' } },
      'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
    ],
    [
      { EventSourceArn: 'arn:aws:events:us-east-1:000000000000:archive/none' },
      'Parameter EventSourceArn is not valid. Reason: Archive none does not exist.',
    ],
    [{ EventEndTime: new Date(START) }, 'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.'],
  ])('refuse %j', (input, message) => {
    const events = new TestEvents();
    const ids = archived(events);
    expect(() => replay(events, ids, input)).toThrow(message);
  });
});
