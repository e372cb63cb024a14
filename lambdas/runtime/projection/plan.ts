import type { SubjectHead } from '../inbox/decision.ts';
import type { Entry } from './entry.ts';
import { FoldError, foldWritable, NO_ROW, planRows, type RowPlan, rowId, type StoredRow } from './fold.ts';
import type { Once } from './once.ts';
import type { RowKey } from './project.ts';
import { type Sifted, type SiftOptions, sift } from './sift.ts';

/** Everything that a batch comes to. */
export interface BatchPlan {
  readonly sifted: Sifted;
  /** One per row that the batch touches; `next` is undefined when the row reflects the batch already. */
  readonly rows: readonly { readonly plan: RowPlan; readonly next: StoredRow | undefined }[];
}

/** Names the rows that a batch touches, so that they can be read. */
export function rowsTouched(sifted: Sifted): RowKey[] {
  return planRows(sifted.accepted).map(({ key }) => key);
}

/**
 * Plans a batch against the rows as they are. An event whose fold throws, or makes a row that can't be written, is set aside with everything
 * behind it, and the batch planned anew without it: an event changes all of its rows or none.
 *
 * @param refused entries that are known to be such, with the reason
 */
export function planBatch(
  entries: readonly Entry[],
  known: ReadonlyMap<string, SubjectHead>,
  stored: ReadonlyMap<string, StoredRow>,
  once: Once,
  options: Omit<SiftOptions, 'broken'>,
  refused: ReadonlyMap<Entry, string> = new Map(),
): BatchPlan {
  const broken = new Map(refused);
  for (;;) {
    const sifted = sift(entries, known, { ...options, broken });
    try {
      const rows = planRows(sifted.accepted).map((plan) => ({
        plan,
        next: foldWritable(stored.get(rowId(plan.key)) ?? NO_ROW, plan, once),
      }));
      return { sifted, rows };
    } catch (error) {
      if (!(error instanceof FoldError) || broken.has(error.entry)) throw error;
      const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : error.message;
      broken.set(error.entry, cause);
    }
  }
}
