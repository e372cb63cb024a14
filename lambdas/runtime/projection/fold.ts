import { sequenceOf } from '../../contracts/index.ts';
import { lineOf } from '../inbox/records.ts';
import { compareSequenceNumbers, type Entry } from './entry.ts';
import { MOST_SUBJECTS_PER_ROW, type Once, ProjectionSetupError } from './once.ts';
import type { Row, RowChange, RowKey } from './project.ts';
import { whyUnwritable } from './writable.ts';

/** A row as it lies in the table. */
export interface StoredRow {
  /** @default the row does not exist */
  readonly row?: Row;
  /** Counts the writes; 0 before the first. */
  readonly version: number;
  /** Last sequence by subject, or last position by shard. */
  readonly heads: Readonly<Record<string, number | string>>;
}

export const NO_ROW: StoredRow = { version: 0, heads: {} };

/** One event's change of one row. */
export interface Application {
  readonly entry: Entry;
  readonly change: RowChange;
}

/** All changes of one row by a batch, in order. */
export interface RowPlan {
  readonly key: RowKey;
  readonly applications: readonly Application[];
}

/** A fold function threw, or the row it made can never be written: its event cannot be projected. */
export class FoldError extends Error {
  override readonly name = 'FoldError';
  readonly entry: Entry;

  constructor(entry: Entry, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.entry = entry;
  }
}

export const rowId = (key: RowKey): string => JSON.stringify([key.pk, key.sk]);

/** Groups what events do by row. @throws FoldError when a rule throws */
export function planRows(accepted: readonly { readonly entry: Entry; readonly changes: readonly RowChange[] }[]): RowPlan[] {
  const plans = new Map<string, { key: RowKey; applications: Application[] }>();
  for (const { entry, changes } of accepted) {
    for (const change of changes) {
      const id = rowId(change.key);
      const plan = plans.get(id) ?? { key: change.key, applications: [] };
      plan.applications.push({ entry, change });
      plans.set(id, plan);
    }
  }
  return [...plans.values()];
}

/**
 * Folds a batch into one row: each event that the row does not reflect yet, once, in order.
 *
 * @returns the row to be written, or undefined when it reflects everything already
 * @throws FoldError when a fold function throws, or the row's heads would grow without end
 */
export function foldRow(stored: StoredRow, plan: RowPlan, once: Once): StoredRow | undefined {
  let { row } = stored;
  const heads: Record<string, number | string> = { ...stored.heads };
  let changed = false;
  // Several changes of one row by one event count as one application, so heads move when the event is done.
  const seen = new Set<Entry>();
  for (const { entry, change } of plan.applications) {
    if (!seen.has(entry) && reflects(heads, entry, once)) continue;
    seen.add(entry);
    try {
      row = change.fold(row);
    } catch (cause) {
      throw new FoldError(entry, cause);
    }
    moveHead(heads, entry, once);
    if (once === 'per-subject' && Object.keys(heads).length > MOST_SUBJECTS_PER_ROW) throw new FoldError(entry, tooManySubjects(plan.key));
    changed = true;
  }
  if (!changed) return undefined;
  return { ...(row === undefined ? {} : { row }), version: stored.version + 1, heads };
}

/**
 * Folds a batch into one row that can be written.
 *
 * @throws FoldError as {@link foldRow}, and for the event whose change makes the row one that DynamoDB never takes
 */
export function foldWritable(stored: StoredRow, plan: RowPlan, once: Once): StoredRow | undefined {
  const next = foldRow(stored, plan, once);
  if (!next || whyUnwritable(next) === undefined) return next;
  // One event after the other shows whose change it is.
  let row = stored;
  for (const entry of new Set(plan.applications.map((application) => application.entry))) {
    row =
      foldRow(row, { key: plan.key, applications: plan.applications.filter((application) => application.entry === entry) }, once) ?? row;
    const why = whyUnwritable(row);
    if (why !== undefined) throw new FoldError(entry, new RangeError(`${rowId(plan.key)}: ${why}`));
  }
  return next;
}

function tooManySubjects(key: RowKey): ProjectionSetupError {
  return new ProjectionSetupError(
    `Row ${rowId(key)} is fed by more than ${MOST_SUBJECTS_PER_ROW} subjects, so it would have to remember each of them. ` +
      `Use once: 'per-shard' (from a stream) or 'transaction' (from a queue).`,
  );
}

function reflects(heads: Readonly<Record<string, number | string>>, entry: Entry, once: Once): boolean {
  if (entry.reading.kind === 'unreadable') return true;
  if (once === 'per-subject') return Number(heads[lineOf(entry.reading.event)] ?? 0) >= sequenceOf(entry.reading.event);
  if (once === 'transaction' || !entry.position) return false;
  const head = heads[entry.position.shard];
  return head !== undefined && compareSequenceNumbers(String(head), entry.position.sequenceNumber) >= 0;
}

function moveHead(heads: Record<string, number | string>, entry: Entry, once: Once): void {
  if (entry.reading.kind === 'unreadable') return;
  if (once === 'per-subject') heads[lineOf(entry.reading.event)] = sequenceOf(entry.reading.event);
  else if (once === 'per-shard' && entry.position) heads[entry.position.shard] = entry.position.sequenceNumber;
}
