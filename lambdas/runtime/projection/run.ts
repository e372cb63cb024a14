import type { SubjectHead } from '../inbox/decision.ts';
import { Batch, knownHeads, lineOfEntry, siftBatch } from './batch.ts';
import { projectByRow } from './by-row.ts';
import { projectByTransaction } from './by-transaction.ts';
import { drain, exactly } from './drain.ts';
import type { Entry } from './entry.ts';
import { ProjectionSetupError } from './once.ts';
import type { BatchResult, ProjectionParts } from './parts.ts';

/** Projects one batch. Does not throw for the sake of one record: what could not be done comes again. */
export async function runBatch(parts: ProjectionParts, entries: readonly Entry[]): Promise<BatchResult> {
  const batch = new Batch(parts);
  if (parts.once === 'transaction') await projectByTransaction(batch, entries);
  else if (parts.once === 'per-subject') await projectByRow(batch, entries, await knownHeads(parts, entries));
  else await projectByShard(batch, entries);
  for (const [line, entry] of batch.waiting) if (!(await drained(batch, line))) batch.retry([entry]);
  return { again: batch.again, counts: batch.counts };
}

async function drained(batch: Batch, line: string): Promise<boolean> {
  try {
    return await drain(batch, line);
  } catch (error) {
    batch.parts.log.error('Could not go on with what is parked', { line, error: error as Error });
    return false;
  }
}

/**
 * A row's position says that it reflects every record before it. So what goes by transaction (and leaves the positions alone) must be done before
 * anything behind it is written, and nothing goes on behind a failure.
 */
async function projectByShard(batch: Batch, entries: readonly Entry[]): Promise<void> {
  const { parts } = batch;
  if (entries.some(({ position }) => !position)) {
    throw new ProjectionSetupError(`${parts.name} is fed by a queue, where there are no shards. Use once: 'per-subject' or 'transaction'.`);
  }
  const known = await knownHeads(parts, entries);
  const stretches = stretchesOf(parts, entries, known);
  for (const [index, { exact, entries: stretch }] of stretches.entries()) {
    if (batch.again.size > 0) batch.retry(stretch);
    else if (exact) await projectByTransaction(batch, stretch, exactly(parts));
    else await projectByRow(batch, stretch, index === 0 ? known : await knownHeads(parts, stretch));
  }
}

interface Stretch {
  readonly exact: boolean;
  readonly entries: Entry[];
}

/**
 * Rows that remember positions cannot tell a parked event from another copy of it further on in the stream. So the events of a subject of which
 * something is parked, or is about to be, go by transaction from there on: there the subject's head decides.
 */
function stretchesOf(parts: ProjectionParts, entries: readonly Entry[], known: ReadonlyMap<string, SubjectHead>): Stretch[] {
  const { setAside } = siftBatch(parts, entries, known);
  const aside = new Set(parts.gaps === 'ignore' ? [] : setAside.filter(({ skipped }) => !skipped).map(({ entry }) => entry));
  const stopped = new Set([...known].filter(([, head]) => head.parked).map(([line]) => line));
  const stretches: Stretch[] = [];
  for (const entry of entries) {
    const line = lineOfEntry(entry);
    if (line !== undefined && aside.has(entry)) stopped.add(line);
    const exact = line !== undefined && stopped.has(line);
    const last = stretches.at(-1);
    if (last?.exact === exact) last.entries.push(entry);
    else stretches.push({ exact, entries: [entry] });
  }
  return stretches;
}
