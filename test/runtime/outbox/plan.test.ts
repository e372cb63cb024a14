import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyRefusal } from '../../../lambdas/runtime/outbox/classify.ts';
import { type Aggregate, REMEMBERED_COMMITS } from '../../../lambdas/runtime/outbox/item.ts';
import { itemBytes } from '../../../lambdas/runtime/outbox/item-size.ts';
import { isFinished, type Lane, openLane } from '../../../lambdas/runtime/outbox/relay/lane.ts';
import { MAX_REMOVED, planClear } from '../../../lambdas/runtime/outbox/relay/plan-clear.ts';
import { applyOutcomes, type EntryOutcome, planRound } from '../../../lambdas/runtime/outbox/relay/plan-round.ts';
import { PublishedMemory } from '../../../lambdas/runtime/outbox/relay/published-memory.ts';
import { readRecords } from '../../../lambdas/runtime/outbox/relay/read-records.ts';
import { shardNames, shardOf } from '../../../lambdas/runtime/outbox/shard.ts';

const text = (subject: string, sequence: number, padding = 0) =>
  JSON.stringify({
    source: 's',
    type: 't',
    subject,
    sequence: String(sequence),
    time: '2026-01-01T00:00:00.000Z',
    data: 'x'.repeat(padding),
  });
const laneOf = (subject: string, count: number, padding = 0) =>
  openLane(
    subject,
    Array.from({ length: count }, (_, at) => text(subject, at + 1, padding)),
  );
const published: EntryOutcome = { kind: 'published' };
const failed: EntryOutcome = { kind: 'failed', code: 'ThrottlingException', message: '' };
const refused: EntryOutcome = { kind: 'refused', code: 'MalformedDetail', message: '' };

describe('planRound', () => {
  const lanes = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 90_000 })), { maxLength: 30 })
    .map((all) => all.map(([count, padding], at) => laneOf(`s${at}`, count, padding)));

  it('sends the head of every lane once, at most 10 entries and 256 kB in a request', () => {
    fc.assert(
      fc.property(lanes, (given) => {
        const { batches } = planRound(given);
        const sent = batches.flat();
        expect(sent.map(({ lane }) => lane).sort((a, b) => a - b)).toEqual(given.flatMap((lane, at) => (isFinished(lane) ? [] : [at])));
        for (const { lane, event } of sent) expect(event.text).toBe(given[lane]?.texts[0]);
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(batch.reduce((sum, { event }) => sum + event.bytes, 0)).toBeLessThanOrEqual(256 * 1024);
        }
      }),
    );
  });

  it('never lets an event pass one that the bus has not taken, whatever the bus says', () => {
    const outcome = fc.constantFrom<EntryOutcome>(published, published, failed, refused);
    fc.assert(
      fc.property(lanes, fc.infiniteStream(outcome), (given, outcomes) => {
        const taken = new Map<string, number[]>();
        let current: readonly Lane[] = given;
        for (let round = 0; round < 100; round += 1) {
          const plan = planRound(current);
          current = plan.lanes;
          if (plan.batches.length === 0) break;
          for (const batch of plan.batches) {
            const answers = batch.map(() => outcomes.next().value);
            for (const [at, { event }] of batch.entries()) {
              const { subject, sequence } = JSON.parse(event.text);
              if (answers[at]?.kind === 'published') taken.set(subject, [...(taken.get(subject) ?? []), Number(sequence)]);
            }
            current = applyOutcomes(current, batch, answers);
          }
        }
        for (const lane of current) {
          const sequences = taken.get(lane.key) ?? [];
          // In order, without gaps or repetitions; and the lane knows how far it has come.
          expect(sequences).toEqual(Array.from({ length: lane.next }, (_, at) => at + 1));
          expect(isFinished(lane) || lane.poison !== undefined || lane.tries >= 3).toBe(true);
        }
      }),
    );
  });

  it('sets a lane aside whose head can be no event, and goes on with the others', () => {
    const broken = openLane('broken', ['{', text('broken', 2)]);
    const large = openLane('large', [text('large', 1, 300_000)]);
    const { lanes: after, batches } = planRound([broken, large, laneOf('fine', 1)]);
    expect(after.map(({ poison }) => poison?.code)).toEqual(['NotJson', 'EntryTooLarge', undefined]);
    expect(batches.flat().map(({ lane }) => lane)).toEqual([2]);
  });

  it.each(['null', '1', '"text"', '[]'])('takes %s for no envelope', (value) => {
    const { lanes: after } = planRound([openLane('broken', [value])]);
    expect(after[0]?.poison?.code).toBe('NotAnEnvelope');
  });

  it('does not guess when the bus answers fewer entries than it was given', () => {
    const lane = laneOf('a', 1);
    const [batch] = planRound([lane]).batches;
    expect(() => applyOutcomes([lane], batch ?? [], [])).toThrow(/answered 0 of 1/);
  });
});

describe('planClear', () => {
  /** DynamoDB, as far as these updates go. */
  function apply(item: readonly string[], update: NonNullable<ReturnType<typeof planClear>>['update']): readonly string[] | 'refused' {
    const at = Number(/#pending\[(\d+)\] = :through/.exec(update.ConditionExpression)?.[1]);
    const { ':through': through, ':count': count } = update.ExpressionAttributeValues;
    if (item[at] !== through || (count !== undefined && item.length !== count)) return 'refused';
    if (update.UpdateExpression.startsWith('REMOVE #pending,')) return [];
    const removed = new Set([...update.UpdateExpression.matchAll(/#pending\[(\d+)\]/g)].map(([, index]) => Number(index)));
    return item.filter((_, index) => !removed.has(index));
  }

  it('removes what was published and nothing else, whatever others have removed and appended meanwhile', () => {
    const counts = fc.record({ seen: fc.integer({ min: 1, max: 450 }), through: fc.nat(449), cleared: fc.nat(450), appended: fc.nat(5) });
    fc.assert(
      fc.property(counts, ({ seen, through, cleared, appended }) => {
        fc.pre(through < seen && cleared <= seen);
        const all = Array.from({ length: seen + appended }, (_, at) => text('a', at + 1));
        let item: readonly string[] = all.slice(cleared);
        let believed: readonly string[] = all.slice(0, seen);
        const last = all[through] ?? '';
        for (let turn = 0; turn < 10; turn += 1) {
          const plan = planClear(believed, last, 0);
          if (!plan) break;
          const after = apply(item, plan.update);
          if (after === 'refused') believed = item;
          else {
            item = after;
            if (plan.through === last) break;
            believed = believed.slice(believed.indexOf(plan.through) + 1);
          }
        }
        expect(item).toEqual(all.slice(Math.max(cleared, through + 1)));
      }),
    );
  });

  it('keeps to what one expression may hold', () => {
    const texts = Array.from({ length: 1000 }, (_, at) => text('a', at + 1));
    const plan = planClear(texts, texts[999] ?? '', 0);
    expect(plan?.update.UpdateExpression.match(/#pending\[/g)).toHaveLength(MAX_REMOVED);
    expect(plan?.update.UpdateExpression.length).toBeLessThan(4096);
    expect(plan?.through).toBe(texts[MAX_REMOVED - 1]);
  });

  it('takes the item out of the index only when nothing remains', () => {
    const texts = [text('a', 1), text('a', 2)];
    expect(planClear(texts, texts[1] ?? '', 0)?.update.UpdateExpression).toBe('REMOVE #pending, #since, #shard');
    expect(planClear(texts, texts[1] ?? '', 0)?.update.ConditionExpression).toContain('size(#pending) = :count');
    const partial = planClear(texts, texts[0] ?? '', 0)?.update;
    expect(partial?.UpdateExpression).toBe('SET #since = :since REMOVE #pending[0]');
    expect(partial?.ExpressionAttributeValues[':since']).toBe(Date.parse('2026-01-01T00:00:00.000Z'));
  });
});

describe('readRecords', () => {
  const removal = (key: string, number: string) =>
    ({ eventName: 'REMOVE', dynamodb: { Keys: { pk: { S: key } }, SequenceNumber: number } }) as never;
  const record = (key: string, number: string, pending: string[] | undefined, shard = '0', eventName = 'MODIFY') =>
    ({
      eventName,
      dynamodb: {
        Keys: { pk: { S: key } },
        SequenceNumber: number,
        NewImage: pending === undefined ? {} : { pending: { L: pending.map((S) => ({ S })) }, pendingShard: { S: shard } },
      },
    }) as never;

  it('keeps the last image of each item, and its first place in the stream', () => {
    expect(
      readRecords([record('a', '1', ['x']), record('b', '2', ['y']), record('a', '3', ['x', 'z']), record('c', '4', undefined)], 'pk'),
    ).toEqual([
      { key: 'a', texts: ['x', 'z'], first: '1' },
      { key: 'b', texts: ['y'], first: '2' },
      { key: 'c', texts: [], first: '4' },
    ]);
  });

  it('keeps what an item held that was deleted since, and puts what it holds when it is there again behind', () => {
    const [deleted] = readRecords([record('a', '1', ['x']), removal('a', '2')], 'pk');
    expect(deleted).toEqual({ key: 'a', texts: ['x'], first: '1' });
    const [anew] = readRecords([record('a', '1', ['x']), removal('a', '2'), record('a', '3', ['y']), record('a', '4', ['y', 'z'])], 'pk');
    expect(anew?.texts).toEqual(['x', 'y', 'z']);
    expect(readRecords([removal('b', '1')], 'pk')).toEqual([{ key: 'b', texts: [], first: '1' }]);
  });

  it('keeps what a deleted item held though the stream’s filter leaves the deletion out', () => {
    const again = record('a', '3', ['y'], '0', 'INSERT');
    const [anew] = readRecords([record('a', '1', ['x']), again, record('a', '4', ['y', 'z'])], 'pk');
    expect(anew).toEqual({ key: 'a', texts: ['x', 'y', 'z'], first: '1' });
  });

  it('lets items that are set aside rest', () => {
    expect(readRecords([record('a', '1', ['x'], 'parked')], 'pk')).toEqual([{ key: 'a', texts: [], first: '1' }]);
  });
});

describe('PublishedMemory', () => {
  it('forgets the longest untouched first', () => {
    const memory = new PublishedMemory(2);
    memory.set('a', '1');
    memory.set('b', '1');
    memory.set('a', '2');
    memory.set('c', '1');
    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual(['2', undefined, '1']);
  });

  it('is a fact about the very event: the same sequence of a recreated aggregate is another', () => {
    const before = text('a', 1);
    const recreated = text('a', 1, 1);
    expect(openLane('a', [recreated], before).next).toBe(0);
    expect(openLane('a', [before, text('a', 2)], before).next).toBe(1);
  });
});

describe('classifyRefusal', () => {
  const aggregate = (version: number, commits: string[], idempotency?: { key: string; fingerprint: string }): Aggregate<unknown> => ({
    id: 'a',
    state: {},
    version,
    sequence: 0,
    pending: 0,
    commits,
    ...(idempotency ? { idempotency } : {}),
  });
  const mine = { commit: 'mine', version: 2, idempotency: undefined, ambiguous: false };

  it.each([
    ['repeated', mine, aggregate(2, ['other', 'mine'])],
    ['conflict', mine, aggregate(2, ['other', 'theirs'])],
    ['conflict', mine, undefined],
    ['conflict', { ...mine, ambiguous: true }, aggregate(9, ['theirs'])],
    ['forgotten', { ...mine, ambiguous: true }, aggregate(10, ['theirs'])],
    ['conflict', mine, aggregate(10, ['theirs'])],
    [
      'duplicate',
      { ...mine, version: 1, idempotency: { key: 'k', fingerprint: 'f' } },
      aggregate(1, ['x'], { key: 'k', fingerprint: 'f' }),
    ],
    ['mismatch', { ...mine, version: 1, idempotency: { key: 'k', fingerprint: 'f' } }, aggregate(1, ['x'], { key: 'k', fingerprint: 'g' })],
    ['conflict', { ...mine, version: 1, idempotency: { key: 'k', fingerprint: 'f' } }, aggregate(1, ['x'], { key: 'l', fingerprint: 'f' })],
  ] as const)('says %s', (expected, commit, current) => {
    expect(classifyRefusal(commit, current)).toBe(expected);
  });

  it('remembers exactly as many commits as items keep', () => {
    expect(REMEMBERED_COMMITS).toBe(8);
  });
});

describe('shards', () => {
  it('spread ids evenly, and are the ones that the sweeper visits', () => {
    const counts = new Map<string, number>();
    for (let at = 0; at < 8_000; at += 1) counts.set(shardOf(`booking-${at}`, 8), (counts.get(shardOf(`booking-${at}`, 8)) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual(shardNames(8));
    for (const count of counts.values()) expect(count).toBeGreaterThan(800);
  });
});

describe('itemBytes', () => {
  it('counts as DynamoDB does', () => {
    // name 4 + 5; name 1 + map 3 + (name 1 + 1 boolean + 1); name 1 + list 3 + (1 + 1) + (2 + 1)
    expect(itemBytes({ text: 'héll' })).toBe(4 + 5);
    expect(itemBytes({ m: { b: true } })).toBe(1 + 3 + 1 + 1 + 1);
    expect(itemBytes({ l: ['a', 'bc'] })).toBe(1 + 3 + 2 + 3);
    expect(itemBytes({ u: undefined, n: null })).toBe(2);
    expect(itemBytes({ b: new Uint8Array(10) })).toBe(11);
    expect(itemBytes({ n: 12345 })).toBeGreaterThanOrEqual(1 + 4);
  });
});
