import { sequenceOf } from '../../contracts/index.ts';
import { NOTHING_HANDLED, type SubjectHead } from '../inbox/decision.ts';
import { headOf } from '../inbox/records.ts';
import { MOST_WRITES, type TransactItem, transact } from '../inbox/transact.ts';
import { itemBytes } from '../outbox/item-size.ts';
import { parkWrites } from '../parking/store.ts';
import { type Batch, lineOfEntry, planOf, toPark } from './batch.ts';
import type { Entry } from './entry.ts';
import { inParallel } from './pool.ts';
import type { SetAside } from './sift.ts';
import { settleHead, writeRow } from './store.ts';

/** Rows that are written at the same time. */
const CONCURRENCY = 25;

/** What is to be settled of one subject. */
interface LineState {
  readonly setAside: SetAside[];
  /** Sequence of its first event that could not be written. */
  failedAt: number;
}

/** One conditional write for each row, then the heads: a batch that comes again finds its rows written and its heads not yet moved. */
export async function projectByRow(batch: Batch, entries: readonly Entry[], known: ReadonlyMap<string, SubjectHead>): Promise<void> {
  const { parts } = batch;
  const plan = await planOf(parts, entries, known);
  const { sifted } = plan;
  const lines = new Map<string, LineState>();
  const stateOf = (line: string): LineState => {
    const state = lines.get(line) ?? { setAside: [], failedAt: Number.POSITIVE_INFINITY };
    lines.set(line, state);
    return state;
  };
  await inParallel(plan.rows, CONCURRENCY, async ({ plan: row, next }) => {
    try {
      batch.add('WriteUnits', await writeRow(parts, row, next));
      if (next) batch.add('RowsWritten', 1);
    } catch (error) {
      parts.log.error('Could not write a row', { row: row.key, error: error as Error });
      for (const { entry } of row.applications) {
        batch.retry([entry]);
        if (entry.reading.kind === 'unreadable') continue;
        const state = stateOf(lineOfEntry(entry) ?? '');
        state.failedAt = Math.min(state.failedAt, sequenceOf(entry.reading.event));
      }
    }
  });

  for (const { entry } of sifted.accepted) {
    const { failedAt } = stateOf(lineOfEntry(entry) ?? '');
    // The head stays before the failure, so what follows it comes again, though its own rows may be written.
    if (parts.gaps === 'hold' && entry.reading.kind !== 'unreadable' && sequenceOf(entry.reading.event) > failedAt) batch.retry([entry]);
  }
  const alone: SetAside[] = [];
  for (const aside of sifted.setAside) {
    const line = lineOfEntry(aside.entry);
    if (line === undefined || parts.gaps === 'ignore') alone.push(aside);
    else stateOf(line).setAside.push(aside);
  }
  await inParallel(alone, CONCURRENCY, (aside) => parkAlone(batch, aside));
  if (parts.gaps === 'hold') {
    await inParallel([...lines], CONCURRENCY, async ([line, state]) => {
      const before = known.get(line) ?? NOTHING_HANDLED;
      const settled = await settle(batch, line, before, sifted.heads.get(line) ?? before, state);
      if (!settled) batch.retry(entries.filter((entry) => lineOfEntry(entry) === line));
    });
  }
  batch.close(plan, known);
}

/** Parks a record that belongs to no subject's order. */
async function parkAlone(batch: Batch, aside: SetAside): Promise<void> {
  try {
    await transact(batch.parts.client, parkWrites(batch.parts.parkingTable, toPark(batch.parts, aside)));
    batch.parked([aside]);
  } catch (error) {
    batch.parts.log.error('Could not park a record', { origin: aside.entry.origin, error: error as Error });
    batch.retry([aside.entry]);
  }
}

/**
 * Moves a subject's head up to its first event that could not be written, and parks what was set aside before that; the rest comes again.
 * @returns false when all of the subject has to come again
 */
async function settle(
  batch: Batch,
  line: string,
  before: SubjectHead,
  reached: SubjectHead,
  { setAside, failedAt }: LineState,
): Promise<boolean> {
  const { parts } = batch;
  const isBefore = ({ entry: { reading } }: SetAside): boolean => reading.kind !== 'unreadable' && sequenceOf(reading.event) < failedAt;
  // The subject goes on without those that are skipped: when its head has moved past one that is not parked yet, it is a duplicate. So they
  // are parked first, and the head moves with the last of them.
  const parks = setAside.filter(isBefore).sort((a, b) => Number(b.skipped) - Number(a.skipped));
  batch.retry(setAside.filter((aside) => !isBefore(aside)).map(({ entry }) => entry));
  const head = Math.min(reached.head, failedAt - 1);
  let from = before;
  try {
    const transactions = inTransactions(batch, parks);
    for (const [index, { asides: some, writes }] of transactions.entries()) {
      const stopping = some.filter(({ skipped }) => !skipped).length;
      const moves = stopping > 0 || index === transactions.length - 1;
      const to: SubjectHead = {
        head: moves ? head : from.head,
        parked: from.parked || stopping > 0,
        parkings: from.parkings + stopping,
      };
      if (to.head === from.head && some.length === 0) return true;
      const written = await transact(parts.client, [settleHead(parts, line, from, to, Date.now()), ...writes]);
      // Somebody else got as far or further, and there is nothing to note: fine.
      if (!written.ok) return some.length === 0 && headOf(written.failed[0]?.item).head >= to.head;
      batch.parked(some);
      batch.add('WriteUnits', some.length === 0 ? 1 : 2 * (writes.length + 1));
      from = to;
    }
    return true;
  } catch (error) {
    parts.log.error('Could not move a head', { line, error: error as Error });
    return false;
  }
}

/** What is parked with one write of a head. */
interface Parking {
  readonly asides: SetAside[];
  readonly writes: TransactItem[];
  bytes: number;
}

/** DynamoDB takes 4 MB in one transaction; a message alone has less. */
const MOST_BYTES = 3.9 * 1024 * 1024;

/** Splits what is to be parked by what one transaction holds; at least one, for the head. */
function inTransactions({ parts }: Batch, asides: readonly SetAside[]): readonly Parking[] {
  let last: Parking = { asides: [], writes: [], bytes: 0 };
  const parkings = [last];
  for (const aside of asides) {
    const writes = parkWrites(parts.parkingTable, toPark(parts, aside));
    const bytes = writes.reduce((sum, { Put }) => sum + itemBytes(Put?.Item ?? {}), 0);
    if (last.asides.length > 0 && (last.writes.length + writes.length >= MOST_WRITES || last.bytes + bytes > MOST_BYTES)) {
      last = { asides: [], writes: [], bytes: 0 };
      parkings.push(last);
    }
    last.asides.push(aside);
    last.writes.push(...writes);
    last.bytes += bytes;
  }
  return parkings;
}
