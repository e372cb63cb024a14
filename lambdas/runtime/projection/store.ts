import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { batchGet, type Key } from '../inbox/batch-get.ts';
import type { SubjectHead } from '../inbox/decision.ts';
import { pause } from '../inbox/pause.ts';
import { headOf, noteParked, setHead } from '../inbox/records.ts';
import { classify, TransactError, type TransactItem } from '../inbox/transact.ts';
import { foldRow, type RowPlan, rowId, type StoredRow } from './fold.ts';
import { headInRows, rowItemKey, rowWrite, storedRowOf } from './layout.ts';
import type { ProjectionParts } from './parts.ts';
import type { RowKey } from './project.ts';

/** How often a row is folded anew because somebody else wrote it. */
const TRIES = 10;

export async function readHeads(parts: ProjectionParts, lines: Iterable<string>): Promise<Map<string, SubjectHead>> {
  const keyOf = (line: string): Key => headInRows(parts.table, parts.generation, line).key;
  const byKey = new Map([...new Set(lines)].map((line) => [keyOf(line).pk, line]));
  const items = await batchGet(
    parts.client,
    parts.table,
    [...byKey.values()].map((line) => keyOf(line)),
  );
  return new Map(items.map((item) => [byKey.get(String(item.pk)) ?? '', headOf(item)]));
}

/** Reads rows; those that do not exist are left out. */
export async function readRows(parts: ProjectionParts, keys: readonly RowKey[]): Promise<Map<string, StoredRow>> {
  const byKey = new Map(keys.map((key) => [rowId(rowItemKey(parts.generation, key) as unknown as RowKey), rowId(key)]));
  const items = await batchGet(
    parts.client,
    parts.table,
    keys.map((key) => rowItemKey(parts.generation, key)),
  );
  return new Map(items.map((item) => [byKey.get(rowId({ pk: String(item.pk), sk: String(item.sk) })) ?? '', storedRowOf(item)]));
}

/**
 * Writes one row with one conditional write; when somebody else was quicker, reads it and folds anew.
 *
 * @returns the write units it cost
 * @throws TransactError when contention does not end; whatever the table throws
 */
export async function writeRow(parts: ProjectionParts, plan: RowPlan, first: StoredRow | undefined): Promise<number> {
  let next = first;
  for (let attempt = 1; next; attempt += 1) {
    const write = rowWrite(parts.table, parts.generation, plan.key, next).Put;
    try {
      const { ConsumedCapacity } = await parts.client.send(new PutCommand({ ...write, ReturnConsumedCapacity: 'TOTAL' } as never));
      return ConsumedCapacity?.CapacityUnits ?? 1;
    } catch (error) {
      const { kind } = classify(error);
      if (kind !== 'conditions' && kind !== 'contention') throw error;
      if (attempt === TRIES) {
        throw new TransactError('MILLRACE_CONTENTION', `Row ${rowId(plan.key)} was written by others ${TRIES} times in a row.`, {
          cause: error,
        });
      }
      await pause(Math.random() * Math.min(500, 5 * 2 ** attempt));
      const stored = await readRows(parts, [plan.key]);
      next = foldRow(stored.get(rowId(plan.key)) ?? { version: 0, heads: {} }, plan, parts.once);
    }
  }
  return 0;
}

/** Moves the head of a subject from `before` to `after`, and notes what is parked. */
export function settleHead(parts: ProjectionParts, line: string, before: SubjectHead, after: SubjectHead, now: number): TransactItem {
  const at = headInRows(parts.table, parts.generation, line);
  const parks = after.parkings - before.parkings;
  return parks > 0 ? noteParked(at, before, now, parks, after.head) : setHead(at, before, after.head, now);
}
