import { describeError } from '../consumer/park.ts';
import { NOTHING_HANDLED } from '../inbox/decision.ts';
import { MOST_WRITES, TransactError, type TransactItem, transact } from '../inbox/transact.ts';
import { asFailure } from '../outbox/aws-failure.ts';
import { parkWrites, unparkWrites } from '../parking/store.ts';
import { type Batch, knownHeads, planOf, toPark } from './batch.ts';
import type { Entry } from './entry.ts';
import { rowWrite } from './layout.ts';
import type { ProjectionParts } from './parts.ts';
import { settleHead } from './store.ts';

/** Tries of a transaction whose rows or heads moved. */
const TRIES = 6;
/** Events that fit one transaction in most cases; a plan that is larger is split. */
const CHUNK = 25;

/** Rows and heads of a few events at a time in one transaction. */
export async function projectByTransaction(batch: Batch, entries: readonly Entry[], parts: ProjectionParts = batch.parts): Promise<void> {
  for (let from = 0; from < entries.length; from += CHUNK) await oneTransaction(batch, parts, entries.slice(from, from + CHUNK));
}

/**
 * Writes what the entries come to. An entry whose writes DynamoDB refuses, or that are too many for one transaction, is set aside.
 *
 * @param unpark id of the parking entry that this event came out of; removed in the same transaction
 * @returns false when the entries have to come again
 */
export async function oneTransaction(
  batch: Batch,
  parts: ProjectionParts,
  entries: readonly Entry[],
  unpark?: string,
  refused?: ReadonlyMap<Entry, string>,
): Promise<boolean> {
  const inHalves = async (): Promise<boolean> => {
    const half = Math.ceil(entries.length / 2);
    const first = await oneTransaction(batch, parts, entries.slice(0, half));
    return (await oneTransaction(batch, parts, entries.slice(half))) && first;
  };
  try {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const known = await knownHeads(parts, entries);
      const plan = await planOf(parts, entries, known, refused);
      const { sifted } = plan;
      const rows = plan.rows.flatMap(({ plan: row, next }) => (next ? [rowWrite(parts.table, parts.generation, row.key, next)] : []));
      const heads = [...sifted.heads].map(([line, after]) =>
        settleHead(parts, line, known.get(line) ?? NOTHING_HANDLED, after, Date.now()),
      );
      const parks = sifted.setAside.flatMap((aside) => parkWrites(parts.parkingTable, toPark(parts, aside)));
      // An entry that turns out to be bad stays where it is, with its new reason.
      const unparks: TransactItem[] =
        unpark === undefined || parks.length > 0 ? [] : await unparkWrites(parts.client, parts.parkingTable, parts.owner, unpark);
      const writes = [...rows, ...heads, ...parks, ...unparks];
      if (writes.length > MOST_WRITES && entries.length > 1) return await inHalves();
      if (!(await transact(parts.client, writes)).ok) continue;
      batch.add('RowsWritten', rows.length);
      batch.add('WriteUnits', writes.length === 1 ? 1 : 2 * writes.length);
      batch.parked(sifted.setAside);
      batch.close(plan, known);
      return true;
    }
    parts.log.warn('Rows or heads kept moving', { tries: TRIES });
  } catch (error) {
    const [only] = entries;
    if (isUnwritable(error) && !refused) {
      if (entries.length > 1) return inHalves();
      if (only) return oneTransaction(batch, parts, entries, unpark, new Map([[only, describeError(error)]]));
    }
    parts.log.error('Could not write a transaction', { error: error as Error });
  }
  batch.retry(entries);
  return false;
}

/** DynamoDB will never make these writes. */
function isUnwritable(error: unknown): boolean {
  return error instanceof TransactError ? error.code !== 'MILLRACE_CONTENTION' : asFailure(error).name === 'ValidationException';
}
