import { type Envelope, sequenceOf } from '../../contracts/index.ts';
import { patience } from '../consumer/patience.ts';
import { decideSequence, NOTHING_HANDLED, type SubjectHead } from '../inbox/decision.ts';
import { lineOf } from '../inbox/records.ts';
import type { ParkingReason } from '../parking/parked.ts';
import type { Entry } from './entry.ts';
import { type Generation, rowProblem } from './layout.ts';
import type { ProjectionRule, RowChange } from './project.ts';

/** An entry that is not projected but kept, with its reason. */
export interface SetAside {
  readonly entry: Entry;
  readonly reason: ParkingReason;
  readonly detail: string;
  /** Whether its subject goes on without it. */
  readonly skipped: boolean;
}

/** What a batch comes to, before any row is read. */
export interface Sifted {
  /** To be projected, in order. */
  readonly accepted: readonly { readonly entry: Entry; readonly changes: readonly RowChange[] }[];
  readonly duplicates: readonly Entry[];
  /** Of types that are not projected. */
  readonly ignored: readonly Entry[];
  readonly setAside: readonly SetAside[];
  /** From a queue: wait for what comes before them. */
  readonly held: readonly { readonly entry: Entry; readonly afterSeconds: number }[];
  /** The heads of the batch's subjects afterwards. Empty when gaps are ignored. */
  readonly heads: ReadonlyMap<string, SubjectHead>;
}

export interface SiftOptions {
  /** `hold`: every subject's events come without gaps. `ignore`: some are filtered out on the way. */
  readonly gaps: 'hold' | 'ignore';
  /** What becomes of the subject of an event that cannot be projected. */
  readonly poison: 'stop-subject' | 'skip';
  readonly maxReceives: number;
  /** Entries whose projection threw, with what it said. */
  readonly broken: ReadonlyMap<Entry, string>;
  /** Comes before the keys of rows. */
  readonly generation: Generation;
  /** In [0, 1), for jitter. */
  random(): number;
}

/** Decides about every entry of a batch: pure, so that it can be repeated when one of them turns out to be broken. */
export function sift(entries: readonly Entry[], known: ReadonlyMap<string, SubjectHead>, options: SiftOptions): Sifted {
  const accepted: Sifted['accepted'][number][] = [];
  const duplicates: Entry[] = [];
  const ignored: Entry[] = [];
  const setAside: SetAside[] = [];
  const held: Sifted['held'][number][] = [];
  const heads = new Map<string, SubjectHead>();

  for (const entry of inOrder(entries)) {
    const { reading } = entry;
    if (reading.kind === 'unreadable') {
      setAside.push({ entry, reason: 'unreadable', detail: reading.detail, skipped: true });
      continue;
    }
    const line = lineOf(reading.event);
    const head = heads.get(line) ?? known.get(line) ?? NOTHING_HANDLED;
    const decision = options.gaps === 'ignore' ? 'apply' : decideSequence(head, sequenceOf(reading.event));
    const aside = (reason: ParkingReason, detail: string): void => {
      setAside.push({ entry, reason, detail, skipped: false });
      if (options.gaps === 'hold') heads.set(line, { ...head, parked: true, parkings: head.parkings + 1 });
    };
    const poison = (reason: ParkingReason, detail: string): void => {
      if (options.poison === 'stop-subject') {
        aside(reason, detail);
        return;
      }
      setAside.push({ entry, reason, detail, skipped: true });
      if (options.gaps === 'hold') heads.set(line, { ...head, head: head.head + 1 });
    };
    const missing = `Event ${head.head + 1} of ${line}`;
    if (decision === 'duplicate') duplicates.push(entry);
    else if (decision === 'behind') aside('behind', `${missing} is parked or missing.`);
    else if (decision === 'hold') {
      const next = entry.queued ? patience(entry.queued.receives, options.maxReceives, options.random()) : { kind: 'park' as const };
      if (next.kind === 'again') held.push({ entry, afterSeconds: next.afterSeconds });
      else aside('gap', `${missing} did not come before it.`);
    } else {
      const broken = options.broken.get(entry);
      if (reading.kind === 'invalid') poison('invalid', reading.detail);
      else if (broken !== undefined) poison('failing', broken);
      else {
        const changes = reading.kind === 'event' ? rowsOf(reading.registration, reading.event, options.generation) : [];
        if (typeof changes === 'string') {
          poison('failing', changes);
          continue;
        }
        if (reading.kind === 'other') ignored.push(entry);
        accepted.push({ entry, changes });
        if (options.gaps === 'hold') heads.set(line, { ...head, head: head.head + 1 });
      }
    }
  }
  return { accepted, duplicates, ignored, setAside, held, heads };
}

/** What an event changes, or what is wrong with it: its rule throws, or names a row that no table would hold. */
function rowsOf(rule: ProjectionRule, event: Envelope, generation: Generation): readonly RowChange[] | string {
  try {
    const changes = rule.rows(event);
    const problem = changes.map(({ key }) => rowProblem(generation, key)).find((found) => found !== undefined);
    return problem ?? changes;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** A queue's batch comes in any order: puts the events of each subject in order, leaving everything else where it is. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  if (entries.every((entry) => !entry.queued)) return entries;
  const places = new Map<string, number[]>();
  entries.forEach((entry, index) => {
    if (entry.reading.kind === 'unreadable') return;
    const line = lineOf(entry.reading.event);
    const place = places.get(line);
    if (place) place.push(index);
    else places.set(line, [index]);
  });
  const sorted = [...entries];
  const sequence = (entry: Entry): number => (entry.reading.kind === 'unreadable' ? 0 : sequenceOf(entry.reading.event));
  for (const indexes of places.values()) {
    const ordered = indexes.flatMap((index) => entries[index] ?? []).sort((a, b) => sequence(a) - sequence(b));
    indexes.forEach((index, position) => {
      const entry = ordered[position];
      if (entry) sorted[index] = entry;
    });
  }
  return sorted;
}
