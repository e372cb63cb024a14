import { unwrap } from '../consumer/body.ts';
import { readEvent } from '../consumer/when.ts';
import { NOTHING_HANDLED } from '../inbox/decision.ts';
import { clearParked } from '../inbox/records.ts';
import { transact } from '../inbox/transact.ts';
import { type Parked, parkedSequenceOf, WAITING_REASONS } from '../parking/parked.ts';
import { parkedOfLine, unparkWrites } from '../parking/store.ts';
import { Batch } from './batch.ts';
import { oneTransaction } from './by-transaction.ts';
import type { Entry } from './entry.ts';
import { headInRows } from './layout.ts';
import type { ProjectionParts } from './parts.ts';
import { readHeads } from './store.ts';

const PAGE = 25;
const LEAST_MS = 2_000;

/** How often others may move the head, or park something, meanwhile. */
const LOOKS = 5;

/**
 * Projects what is parked of a subject and was only waiting, now that what came before is there.
 *
 * @returns false when something is left that could be projected, and nothing else brings it up
 */
export async function drain(batch: Batch, line: string): Promise<boolean> {
  const { parts } = batch;
  for (let looks = 0; looks < LOOKS; ) {
    if (parts.remainingMs() <= LEAST_MS) return false;
    const known = (await readHeads(parts, [line])).get(line) ?? NOTHING_HANDLED;
    if (!known.parked) return true;
    await forget(parts, line, known.head);
    const parked = await parkedOfLine(parts.client, parts.parkingTable, parts.owner, line, { from: known.head + 1, limit: PAGE });
    if (parked.length === 0) {
      if ((await transact(parts.client, [clearParked(headInRows(parts.table, parts.generation, line), known)])).ok) return true;
      looks += 1;
    }
    for (const [index, entry] of parked.entries()) {
      const next = parkedSequenceOf(entry.id) === known.head + 1 + index && WAITING_REASONS.includes(entry.reason);
      // When it is the first, it waits for something that is not there, or for a person.
      if (!next && index === 0) return true;
      if (!next) break;
      if (parts.remainingMs() <= LEAST_MS) return false;
      const outcome = await projectParked(batch, entry);
      if (outcome === 'again') return false;
      if (outcome === 'aside') break;
    }
  }
  return false;
}

/** @returns `aside` when it stays parked, with a reason of its own; `again` when it could not be written now */
async function projectParked(batch: Batch, { id, payload, origin, parkedAt }: Parked): Promise<'done' | 'aside' | 'again'> {
  const { parts } = batch;
  const entry: Entry = { id, body: payload, reading: readEvent(unwrap(payload), parts.rules), origin, arrivedAt: parkedAt };
  const single = new Batch(parts);
  const done = await oneTransaction(single, exactly(parts), [entry], id);
  for (const [name, count] of Object.entries(single.counts)) batch.add(name, count);
  if (!done || single.again.size > 0) return 'again';
  return single.counts.Parked ? 'aside' : 'done';
}

/** A parked event's position in the stream says nothing about it any more: its subject's head decides, in the same transaction as its rows. */
export function exactly(parts: ProjectionParts): ProjectionParts {
  return parts.once === 'per-shard' ? { ...parts, once: 'transaction' } : parts;
}

/** Takes out of the parking table what has been projected meanwhile from another copy: doubled by its producer, or released. */
async function forget(parts: ProjectionParts, line: string, head: number): Promise<void> {
  for (let from = 1; from <= head; ) {
    const page = await parkedOfLine(parts.client, parts.parkingTable, parts.owner, line, { from, to: head, limit: PAGE });
    for (const { id, skipped } of page) {
      if (!skipped) await transact(parts.client, await unparkWrites(parts.client, parts.parkingTable, parts.owner, id));
    }
    if (page.length < PAGE) return;
    from = (parkedSequenceOf(page.at(-1)?.id ?? '') ?? head) + 1;
  }
}
