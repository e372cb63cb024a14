import { unwrap } from '../consumer/body.ts';
import { readEvent } from '../consumer/when.ts';
import { NOTHING_HANDLED } from '../inbox/decision.ts';
import { clearParked } from '../inbox/records.ts';
import { transact } from '../inbox/transact.ts';
import { parkedSequenceOf, WAITING_REASONS } from '../parking/parked.ts';
import { parkedOfLine, unparkWrite } from '../parking/store.ts';
import { Batch } from './batch.ts';
import { oneTransaction } from './by-transaction.ts';
import type { Entry } from './entry.ts';
import { headInRows } from './layout.ts';
import type { ProjectionParts } from './parts.ts';
import { readHeads } from './store.ts';

const PAGE = 25;
const LEAST_MS = 2_000;

/** Projects what is parked of a subject and was only waiting, now that what came before is there. */
export async function drain(batch: Batch, line: string): Promise<void> {
  const { parts } = batch;
  while (parts.remainingMs() > LEAST_MS) {
    const known = (await readHeads(parts, [line])).get(line) ?? NOTHING_HANDLED;
    if (!known.parked) return;
    await forget(parts, line, known.head);
    const parked = await parkedOfLine(parts.client, parts.parkingTable, parts.owner, line, { from: known.head + 1, limit: PAGE });
    if (parked.length === 0) {
      await transact(parts.client, [clearParked(headInRows(parts.table, parts.generation, line), known)]);
      return;
    }
    const stop = parked.findIndex(
      ({ id, reason }, index) => parkedSequenceOf(id) !== known.head + 1 + index || !WAITING_REASONS.includes(reason),
    );
    const ready = stop < 0 ? parked : parked.slice(0, stop);
    if (ready.length === 0) return;
    for (const { id, payload, origin, parkedAt } of ready) {
      const entry: Entry = { id, body: payload, reading: readEvent(unwrap(payload), parts.rules), origin, arrivedAt: parkedAt };
      const single = new Batch(parts);
      const done = await oneTransaction(single, exactly(parts), [entry], id);
      for (const [name, count] of Object.entries(single.counts)) batch.add(name, count);
      if (!done || single.again.size > 0) return;
    }
  }
}

/** A parked event's position in the stream says nothing about it any more: its subject's head decides, in the same transaction as its rows. */
export function exactly(parts: ProjectionParts): ProjectionParts {
  return parts.once === 'per-shard' ? { ...parts, once: 'transaction' } : parts;
}

/** Takes out of the parking table what has been projected meanwhile from another copy: doubled by its producer, or released. */
async function forget(parts: ProjectionParts, line: string, head: number): Promise<void> {
  for (let from = 1; from <= head; ) {
    const page = await parkedOfLine(parts.client, parts.parkingTable, parts.owner, line, { from, to: head, limit: PAGE });
    for (const { id, skipped } of page) if (!skipped) await transact(parts.client, [unparkWrite(parts.parkingTable, parts.owner, id)]);
    if (page.length < PAGE) return;
    from = (parkedSequenceOf(page.at(-1)?.id ?? '') ?? head) + 1;
  }
}
