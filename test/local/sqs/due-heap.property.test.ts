import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueHeap } from '../../../local/services/sqs/due-heap.ts';

describe('the heap of what is due', () => {
  it('gives the soonest item, the one set first among equals, as a sorted list would', () => {
    const item = fc.nat(40);
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('set' as const), item, at: fc.nat(100) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), item }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('take' as const), now: fc.nat(100) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
        const heap = new DueHeap<number>();
        let list: { item: number; at: number }[] = [];
        const seen: unknown[] = [];
        const expected: unknown[] = [];
        for (const next of steps) {
          if (next.do === 'take') {
            const first = list[0] && list[0].at <= next.now ? list.shift() : undefined;
            seen.push(heap.takeDue(next.now));
            expected.push(first?.item);
          } else {
            const had = list.some((entry) => entry.item === next.item);
            list = list.filter((entry) => entry.item !== next.item);
            if (next.do === 'delete') {
              seen.push(heap.delete(next.item));
              expected.push(had);
            } else {
              heap.set(next.item, next.at);
              list = [...list, next].sort((a, b) => a.at - b.at);
            }
          }
          seen.push(heap.first, heap.nextAt);
          expected.push(list[0]?.item, list[0]?.at);
        }
        expect(seen).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
