import { sequenceOf } from '../../contracts/index.ts';
import { unwrap } from '../consumer/body.ts';
import { parkedMessage } from '../consumer/park.ts';
import { readEvent } from '../consumer/when.ts';
import { NOTHING_HANDLED, type SubjectHead } from '../inbox/decision.ts';
import { clearParked, headOf, lineOf } from '../inbox/records.ts';
import { MOST_WRITES, type TransactItem, transact } from '../inbox/transact.ts';
import { type Parked, parkedSequenceOf, WAITING_REASONS } from '../parking/parked.ts';
import { parkedOfLine, parkWrite, unparkWrite } from '../parking/store.ts';
import type { Entry } from './entry.ts';
import { headItemKey, rowWrite } from './layout.ts';
import type { BatchResult, ProjectionParts } from './parts.ts';
import { type BatchPlan, planBatch, rowsTouched } from './plan.ts';
import { inParallel } from './pool.ts';
import { type SetAside, type Sifted, sift } from './sift.ts';
import { readHeads, readRows, settleHead, writeRow } from './store.ts';

/** Rows that are written at the same time. */
const CONCURRENCY = 25;
/** Tries of a transaction whose rows or heads moved. */
const TRIES = 6;
const DRAIN_PAGE = 25;
const RETRY_SECONDS = 2;

class Tally {
  readonly counts: Record<string, number> = {};
  add(name: string, count: number): void {
    if (count > 0) this.counts[name] = (this.counts[name] ?? 0) + count;
  }
}

/** Projects one batch. Never throws for the sake of one record: what could not be done comes again. */
export async function runBatch(parts: ProjectionParts, entries: readonly Entry[]): Promise<BatchResult> {
  const tally = new Tally();
  const again = new Map<Entry, number>();
  const waiting = new Set<string>();
  if (parts.once === 'transaction') {
    for (const chunk of chunksOf(entries)) await runTransaction(parts, chunk, tally, again, waiting);
  } else {
    await runRows(parts, entries, tally, again, waiting);
  }
  if (parts.gaps === 'hold') {
    for (const line of waiting) await drain(parts, line, tally);
  }
  return { again, counts: tally.counts };
}

async function planOf(parts: ProjectionParts, entries: readonly Entry[]): Promise<{ plan: BatchPlan; known: Map<string, SubjectHead> }> {
  const options = { gaps: parts.gaps, poison: parts.poison, maxReceives: parts.maxReceives, random: Math.random };
  const lines = entries.flatMap(({ reading }) => (reading.kind === 'unreadable' ? [] : [lineOf(reading.event)]));
  const known = parts.gaps === 'hold' ? await readHeads(parts, lines) : new Map<string, SubjectHead>();
  const first = sift(entries, known, { ...options, broken: new Map() });
  const stored = await readRows(parts, rowsTouched(first));
  return { plan: planBatch(entries, known, stored, parts.once, options), known };
}

/** One conditional write for each row, then the heads: a batch that comes again finds its rows written and its heads not yet moved. */
async function runRows(
  parts: ProjectionParts,
  entries: readonly Entry[],
  tally: Tally,
  again: Map<Entry, number>,
  waiting: Set<string>,
): Promise<void> {
  const { plan, known } = await planOf(parts, entries);
  const { sifted } = plan;
  const failed = new Set<Entry>();
  await inParallel(plan.rows, CONCURRENCY, async ({ plan: row, next }) => {
    try {
      tally.add('WriteUnits', await writeRow(parts, row, next));
      if (next) tally.add('RowsWritten', 1);
    } catch (error) {
      parts.log.error('Could not write a row', { row: row.key, error: error as Error });
      for (const { entry } of row.applications) failed.add(entry);
    }
  });

  // A subject's head moves up to its first event that failed; from there on everything of it comes again.
  const lines = new Map<string, { setAside: SetAside[]; failedAt: number; accepted: number }>();
  const lineFor = (line: string): { setAside: SetAside[]; failedAt: number; accepted: number } => {
    const state = lines.get(line) ?? { setAside: [], failedAt: Number.POSITIVE_INFINITY, accepted: 0 };
    lines.set(line, state);
    return state;
  };
  for (const entry of failed) {
    again.set(entry, RETRY_SECONDS);
    if (entry.reading.kind === 'unreadable') continue;
    const state = lineFor(lineOf(entry.reading.event));
    state.failedAt = Math.min(state.failedAt, sequenceOf(entry.reading.event));
  }
  for (const { entry } of sifted.accepted) if (entry.reading.kind !== 'unreadable') lineFor(lineOf(entry.reading.event)).accepted += 1;
  const alone: SetAside[] = [];
  for (const aside of sifted.setAside) {
    if (aside.entry.reading.kind === 'unreadable' || parts.gaps === 'ignore') alone.push(aside);
    else lineFor(lineOf(aside.entry.reading.event)).setAside.push(aside);
  }
  await inParallel(alone, CONCURRENCY, (aside) => parkAlone(parts, aside, tally, again));
  if (parts.gaps === 'hold') {
    await inParallel([...lines], CONCURRENCY, async ([line, { setAside, failedAt }]) => {
      const before = known.get(line) ?? NOTHING_HANDLED;
      const reached = sifted.heads.get(line) ?? before;
      const parks = setAside.filter(({ entry }) => entry.reading.kind !== 'unreadable' && sequenceOf(entry.reading.event) < failedAt);
      for (const aside of setAside) if (!parks.includes(aside)) again.set(aside.entry, RETRY_SECONDS);
      const after: SubjectHead = {
        head: Math.min(reached.head, failedAt - 1),
        parked: reached.parked,
        parkings: before.parkings + parks.filter(({ skipped }) => !skipped).length,
      };
      const settled = await settle(parts, line, before, after, parks, tally);
      if (settled) return;
      for (const { entry } of sifted.accepted) if (isOf(entry, line)) again.set(entry, RETRY_SECONDS);
      for (const { entry } of setAside) again.set(entry, RETRY_SECONDS);
    });
  }
  noteWaiting(sifted, known, waiting);
  count(plan, again, tally);
  for (const { entry, afterSeconds } of sifted.held) again.set(entry, afterSeconds);
}

/**
 * Notes the subjects whose parked events may be next: those that moved on, and those of which something came again, since the function may
 * have died between moving on and looking into the parking table.
 */
function noteWaiting(sifted: Sifted, known: ReadonlyMap<string, SubjectHead>, waiting: Set<string>): void {
  const entries = [...sifted.duplicates, ...sifted.accepted.map(({ entry }) => entry)];
  for (const { reading } of entries) {
    if (reading.kind === 'unreadable') continue;
    const line = lineOf(reading.event);
    if (known.get(line)?.parked || sifted.heads.get(line)?.parked) waiting.add(line);
  }
}

/** Rows and heads of a few events in one transaction; planned anew when any of them moved meanwhile. */
async function runTransaction(
  parts: ProjectionParts,
  entries: readonly Entry[],
  tally: Tally,
  again: Map<Entry, number>,
  waiting: Set<string>,
  unpark?: string,
): Promise<boolean> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      const { plan, known } = await planOf(parts, entries);
      const { sifted } = plan;
      const rows = plan.rows.flatMap(({ plan: row, next }) => (next ? [rowWrite(parts.table, parts.generation, row.key, next)] : []));
      const heads = [...sifted.heads].map(([line, after]) =>
        settleHead(parts, line, known.get(line) ?? NOTHING_HANDLED, after, Date.now()),
      );
      const parks = sifted.setAside.map((aside) => parkWrite(parts.parkingTable, entryToPark(parts, aside)));
      // An entry that turns out to be bad stays where it is, with its new reason.
      const unparks: TransactItem[] =
        unpark === undefined || parks.length > 0 ? [] : [unparkWrite(parts.parkingTable, parts.owner, unpark)];
      const writes = [...rows, ...heads, ...parks, ...unparks];
      if (writes.length > MOST_WRITES && entries.length > 1) {
        const half = Math.ceil(entries.length / 2);
        await runTransaction(parts, entries.slice(0, half), tally, again, waiting);
        return runTransaction(parts, entries.slice(half), tally, again, waiting, unpark);
      }
      const written = await transact(parts.client, writes);
      if (!written.ok) continue;
      noteWaiting(sifted, known, waiting);
      tally.add('RowsWritten', rows.length);
      tally.add('WriteUnits', 2 * (rows.length + heads.length + parks.length));
      tally.add('Parked', parks.length);
      tally.add('Gaps', sifted.setAside.filter(({ reason }) => reason === 'gap').length);
      count(plan, again, tally);
      for (const { entry, afterSeconds } of sifted.held) again.set(entry, afterSeconds);
      return true;
    } catch (error) {
      parts.log.error('Could not write a transaction', { error: error as Error });
      break;
    }
  }
  for (const entry of entries) again.set(entry, RETRY_SECONDS);
  return false;
}

/** Events that fit one transaction in most cases: the plan splits them when they do not. */
function chunksOf(entries: readonly Entry[]): Entry[][] {
  const size = 25;
  return Array.from({ length: Math.ceil(entries.length / size) }, (_, i) => entries.slice(i * size, (i + 1) * size));
}

function count({ sifted }: BatchPlan, again: ReadonlyMap<Entry, number>, tally: Tally): void {
  const handled = sifted.accepted.filter(({ entry }) => entry.reading.kind === 'event' && !again.has(entry)).length;
  tally.add('Handled', handled);
  tally.add('Duplicates', sifted.duplicates.length);
  tally.add('Ignored', sifted.ignored.length);
  tally.add('Held', sifted.held.length);
}

const isOf = ({ reading }: Entry, line: string): boolean => reading.kind !== 'unreadable' && lineOf(reading.event) === line;

function entryToPark(parts: ProjectionParts, { entry, reason, detail, skipped }: SetAside): Parked {
  const parked = parkedMessage(
    parts.owner,
    { body: entry.body, origin: entry.origin },
    entry.reading,
    reason,
    detail.slice(0, 4_000),
    Date.now(),
  );
  return skipped ? { ...parked, skipped } : parked;
}

/** Parks a record that belongs to no subject's order. */
async function parkAlone(parts: ProjectionParts, aside: SetAside, tally: Tally, again: Map<Entry, number>): Promise<void> {
  try {
    await transact(parts.client, [parkWrite(parts.parkingTable, entryToPark(parts, aside))]);
    parts.log.warn('Parked a record', { origin: aside.entry.origin, reason: aside.reason, detail: aside.detail });
    tally.add('Parked', 1);
  } catch (error) {
    parts.log.error('Could not park a record', { origin: aside.entry.origin, error: error as Error });
    again.set(aside.entry, RETRY_SECONDS);
  }
}

/** Moves a subject's head and parks what was set aside of it. @returns false when it has to be done again */
async function settle(
  parts: ProjectionParts,
  line: string,
  before: SubjectHead,
  after: SubjectHead,
  parks: readonly SetAside[],
  tally: Tally,
): Promise<boolean> {
  try {
    let from = before;
    const room = MOST_WRITES - 1;
    for (let start = 0; start === 0 || start < parks.length; start += room) {
      const some = parks.slice(start, start + room);
      const to: SubjectHead = { ...after, parkings: from.parkings + some.filter(({ skipped }) => !skipped).length };
      if (to.head === from.head && some.length === 0) return true;
      const written = await transact(parts.client, [
        settleHead(parts, line, from, to, Date.now()),
        ...some.map((aside) => parkWrite(parts.parkingTable, entryToPark(parts, aside))),
      ]);
      // Somebody else got as far or further, and there is nothing to note: fine.
      if (!written.ok) return some.length === 0 && headOf(written.failed[0]?.item).head >= to.head;
      for (const { entry, reason, detail } of some) parts.log.warn('Parked a record', { origin: entry.origin, reason, detail });
      tally.add('Parked', some.length);
      tally.add('Gaps', some.filter(({ reason }) => reason === 'gap').length);
      tally.add('WriteUnits', some.length === 0 ? 1 : 2 * (some.length + 1));
      from = to;
    }
    return true;
  } catch (error) {
    parts.log.error('Could not move a head', { line, error: error as Error });
    return false;
  }
}

/** Projects what is parked of a subject and was only waiting, now that what came before is there. */
async function drain(parts: ProjectionParts, line: string, tally: Tally): Promise<void> {
  const exact: ProjectionParts = parts.once === 'per-shard' ? { ...parts, once: 'transaction' } : parts;
  while (parts.remainingMs() > 2_000) {
    const known = (await readHeads(parts, [line])).get(line) ?? NOTHING_HANDLED;
    if (!known.parked) return;
    await forget(parts, line, known.head);
    const parked = await parkedOfLine(parts.client, parts.parkingTable, parts.owner, line, { from: known.head + 1, limit: DRAIN_PAGE });
    if (parked.length === 0) {
      await transact(parts.client, [clearParked(parts.table, headItemKey(parts.generation, line), known)]);
      return;
    }
    const stop = parked.findIndex(
      ({ id, reason }, index) => parkedSequenceOf(id) !== known.head + 1 + index || !WAITING_REASONS.includes(reason),
    );
    const ready = stop < 0 ? parked : parked.slice(0, stop);
    if (ready.length === 0) return;
    for (const { id, payload, origin, parkedAt } of ready) {
      const entry: Entry = { id, body: payload, reading: readEvent(unwrap(payload), parts.rules), origin, arrivedAt: parkedAt };
      const again = new Map<Entry, number>();
      // In one transaction with its removal from the parking table: a position in the stream says nothing about it any more.
      const done = await runTransaction(exact, [entry], tally, again, new Set(), id);
      if (!done || again.size > 0) return;
    }
  }
}

/** Takes out of the parking table what has been projected meanwhile from another copy: doubled by its producer, or released. */
async function forget(parts: ProjectionParts, line: string, head: number): Promise<void> {
  for (let from = 1; from <= head; ) {
    const page = await parkedOfLine(parts.client, parts.parkingTable, parts.owner, line, { from, to: head, limit: DRAIN_PAGE });
    for (const { id } of page.filter(({ skipped }) => !skipped))
      await transact(parts.client, [unparkWrite(parts.parkingTable, parts.owner, id)]);
    if (page.length < DRAIN_PAGE) return;
    from = (parkedSequenceOf(page.at(-1)?.id ?? '') ?? head) + 1;
  }
}
