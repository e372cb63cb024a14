import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesEvent } from '../../../local/event-pattern/index.ts';
import { compileEventPattern } from '../../../local/services/events/compile-event-pattern.ts';
import { TestEvents } from './test-events.ts';

const names = ['a', 'b', 'c'];
const list = fc.oneof(
  fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 2 }),
  fc.constantFrom([{ prefix: 'a' }], [{ 'anything-but': ['b'] }], ['a', { exists: false }]),
);
const fields = fc.record({ source: list, 'detail-type': list, detail: fc.record({ x: list }) }, { requiredKeys: [] });
const pattern = fc
  .oneof(
    fields,
    fc.tuple(fields, fields).map(([one, other]) => ({ $or: [one, other] })),
  )
  .filter((value) => !JSON.stringify(value).includes('{}'));
const event = fc.record({ source: fc.constantFrom(...names), type: fc.constantFrom(...names), x: fc.option(fc.constantFrom(...names)) });

describe('the rule index', () => {
  it('finds the rules that trying every rule would find', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(pattern, { minLength: 1, maxLength: 6 }),
        fc.array(event, { minLength: 1, maxLength: 4 }),
        async (patterns, sent) => {
          const events = new TestEvents();
          for (const [index, one] of patterns.entries()) events.rule({ Name: `rule-${index}`, pattern: one }, { Input: String(index) });
          const expected = sent.flatMap(({ source, type, x }) => {
            const detail = x === null ? {} : { x };
            events.put({ Source: source, DetailType: type, Detail: JSON.stringify(detail) });
            return patterns.flatMap((one, index) =>
              matchesEvent(compileEventPattern(JSON.stringify(one)), { source, 'detail-type': type, detail }) ? [String(index)] : [],
            );
          });
          await events.kernel.settle();
          expect(events.sqs.bodies('jobs')).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});
