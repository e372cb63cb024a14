import { compilePattern } from './compile.ts';
import { type FlatEvent, flattenEvent, type Leaf, type Membership, readEvent } from './flat-event.ts';
import type { Branch, FieldTest, Pattern } from './pattern.ts';

/** Whether a compiled pattern matches an event that was flattened with (at least) its fields. */
export function matchesFlatEvent(pattern: Pattern, event: FlatEvent): boolean {
  return pattern.branches.some((branch) => matchesBranch(branch, event));
}

/** Whether a compiled pattern matches a JSON value. */
export function matchesEvent(pattern: Pattern, event: object): boolean {
  return matchesFlatEvent(pattern, flattenEvent(event, pattern));
}

/**
 * Whether a pattern matches an event, both as JSON text.
 *
 * @throws InvalidPatternError for a pattern that EventBridge refuses
 */
export function testEventPattern(pattern: string, event: string): boolean {
  const compiled = compilePattern(pattern);
  const value = readEvent(event);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('The event is not a JSON object.');
  return matchesEvent(compiled, value);
}

/** What of the event fits one test. */
interface Candidates {
  readonly test: FieldTest;
  readonly leaves: readonly Leaf[];
  readonly fitting: readonly Leaf[];
}

function matchesBranch(branch: Branch, event: FlatEvent): boolean {
  const tied: Candidates[] = [];
  for (const test of branch) {
    const leaves = event.get(test.path) ?? [];
    if (leaves.length === 0) {
      if (test.absent) continue;
      return false;
    }
    const fitting = leaves.filter((leaf) => test.matchers.some((matches) => matches(leaf)));
    if (fitting.some((leaf) => leaf.membership === undefined)) continue;
    if (fitting.length === 0 && !test.absent) return false;
    tied.push({ test, leaves, fitting });
  }
  return tied.length === 0 || matchesTogether(tied, 0, new Map());
}

/**
 * Whether the tests from `index` on can be met by values that stand in the same elements as those chosen so far
 * (`chosen`: element by array). Fields are taken in the order of their paths, as EventBridge does, which shows where
 * `exists: false` meets arrays: a field is missing when no value of it stands with the values chosen before it.
 */
function matchesTogether(tied: readonly Candidates[], index: number, chosen: ReadonlyMap<number, number>): boolean {
  const candidates = tied[index];
  if (!candidates) return true;
  const { test, leaves, fitting } = candidates;
  if (test.absent && !leaves.some((leaf) => isConsistent(leaf.membership, chosen)) && matchesTogether(tied, index + 1, chosen)) return true;
  return fitting.some((leaf) => {
    if (!isConsistent(leaf.membership, chosen)) return false;
    return matchesTogether(tied, index + 1, choose(leaf.membership, chosen));
  });
}

function isConsistent(membership: Membership | undefined, chosen: ReadonlyMap<number, number>): boolean {
  for (let place = membership; place; place = place.outer) {
    const element = chosen.get(place.array);
    if (element !== undefined && element !== place.element) return false;
  }
  return true;
}

function choose(membership: Membership | undefined, chosen: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const result = new Map(chosen);
  for (let place = membership; place; place = place.outer) result.set(place.array, place.element);
  return result;
}
