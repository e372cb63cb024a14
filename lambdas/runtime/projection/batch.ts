import { parkedMessage } from '../consumer/park.ts';
import type { SubjectHead } from '../inbox/decision.ts';
import { lineOf } from '../inbox/records.ts';
import type { Parked } from '../parking/parked.ts';
import type { Entry } from './entry.ts';
import type { ProjectionParts } from './parts.ts';
import { type BatchPlan, planBatch, rowsTouched } from './plan.ts';
import { type SetAside, type Sifted, sift } from './sift.ts';
import { readHeads, readRows } from './store.ts';

/** A record that could not be done comes again after so many seconds (from a queue). */
export const RETRY_SECONDS = 2;

/** What becomes of a batch while it is worked on. */
export class Batch {
  readonly parts: ProjectionParts;
  readonly again = new Map<Entry, number>();
  /** Subjects whose parked events may be next, each with its last entry: that comes again when what is parked could not all be done. */
  readonly waiting = new Map<string, Entry>();
  readonly counts: Record<string, number> = {};

  constructor(parts: ProjectionParts) {
    this.parts = parts;
  }

  add(name: string, count: number): void {
    if (count > 0) this.counts[name] = (this.counts[name] ?? 0) + count;
  }

  retry(entries: Iterable<Entry>): void {
    for (const entry of entries) this.again.set(entry, RETRY_SECONDS);
  }

  /** Counts what a plan came to, and notes what waits. */
  close({ sifted }: BatchPlan, known: ReadonlyMap<string, SubjectHead>): void {
    this.add('Handled', sifted.accepted.filter(({ entry }) => entry.reading.kind === 'event' && !this.again.has(entry)).length);
    this.add('Duplicates', sifted.duplicates.length);
    this.add('Ignored', sifted.ignored.length);
    this.add('Held', sifted.held.length);
    for (const { entry, afterSeconds } of sifted.held) this.again.set(entry, afterSeconds);
    // Those that moved on, and those of which something came again or is parked behind: the function may have died, or run out of time,
    // between moving on and looking.
    const behind = sifted.setAside.filter(({ reason }) => reason === 'behind');
    for (const entry of [...sifted.duplicates, ...[...sifted.accepted, ...behind].map(({ entry }) => entry)]) {
      const line = lineOfEntry(entry);
      if (line !== undefined && (known.get(line)?.parked || sifted.heads.get(line)?.parked)) this.waiting.set(line, entry);
    }
  }

  /** Logs and counts what was parked. */
  parked(asides: readonly SetAside[]): void {
    for (const { entry, reason, detail } of asides) this.parts.log.warn('Parked a record', { origin: entry.origin, reason, detail });
    this.add('Parked', asides.length);
    this.add('Gaps', asides.filter(({ reason }) => reason === 'gap').length);
  }
}

export const lineOfEntry = ({ reading }: Entry): string | undefined => (reading.kind === 'unreadable' ? undefined : lineOf(reading.event));

function siftOptions(parts: ProjectionParts): Parameters<typeof planBatch>[4] {
  return { gaps: parts.gaps, poison: parts.poison, maxReceives: parts.maxReceives, generation: parts.generation, random: Math.random };
}

export async function knownHeads(parts: ProjectionParts, entries: readonly Entry[]): Promise<Map<string, SubjectHead>> {
  if (parts.gaps === 'ignore') return new Map();
  return readHeads(
    parts,
    entries.flatMap((entry) => lineOfEntry(entry) ?? []),
  );
}

export function siftBatch(parts: ProjectionParts, entries: readonly Entry[], known: ReadonlyMap<string, SubjectHead>): Sifted {
  return sift(entries, known, { ...siftOptions(parts), broken: new Map() });
}

/** Reads the rows that a batch touches, and plans it. */
export async function planOf(
  parts: ProjectionParts,
  entries: readonly Entry[],
  known: ReadonlyMap<string, SubjectHead>,
  refused?: ReadonlyMap<Entry, string>,
): Promise<BatchPlan> {
  const stored = await readRows(parts, rowsTouched(siftBatch(parts, entries, known)));
  return planBatch(entries, known, stored, parts.once, siftOptions(parts), refused);
}

export function toPark(parts: ProjectionParts, { entry, reason, detail, skipped }: SetAside): Parked {
  const message = { body: entry.body, origin: entry.origin };
  const parked = parkedMessage(parts.owner, message, entry.reading, reason, detail, Date.now());
  return skipped ? { ...parked, skipped } : parked;
}
