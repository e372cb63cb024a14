import type { ValueMatcher } from './value-matcher.ts';
import type { WildcardTerm } from './wildcard-complexity.ts';

/** What a pattern asks of one field. */
export interface FieldTest {
  /** Names from the root, joined by dots; a name that holds dots reads the same, as it does to AWS. */
  readonly path: string;
  /** A missing field will do (`exists: false`). */
  readonly absent: boolean;
  /** One of these will do. */
  readonly matchers: readonly ValueMatcher[];
  /** The values, when the list holds plain strings only: what rules are indexed by. */
  readonly exact?: readonly string[];
  readonly wildcards: readonly WildcardTerm[];
  /** The list as written, which tells equal tests apart from others. */
  readonly source: string;
}

/** Tests that must all hold, ordered by path. */
export type Branch = readonly FieldTest[];

/** A compiled pattern: it matches where one of its branches (one per way through `$or`) does. */
export interface Pattern {
  readonly branches: readonly Branch[];
  /** Paths that are tested, and every container on the way to them. */
  readonly leaves: ReadonlySet<string>;
  readonly containers: ReadonlySet<string>;
}

export function makePattern(branches: readonly Branch[]): Pattern {
  const leaves = new Set(branches.flatMap((branch) => branch.map((test) => test.path)));
  const containers = new Set<string>();
  for (const path of leaves) {
    for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) containers.add(path.slice(0, dot));
  }
  return { branches, leaves, containers };
}
