import { MAX_ENTRY_BYTES } from '../event-size.ts';
import { headOf, isPoison, type Lane, type PendingEvent, readEvent } from './lane.ts';

/** What one PutEvents request carries: at most one event of any lane, so that no event can pass one that the bus refused. */
export type Batch = readonly { readonly lane: number; readonly event: PendingEvent }[];

/** What the bus said to one entry. */
export type EntryOutcome =
  | { readonly kind: 'published' }
  /** Not now: throttled, an internal fault, no answer. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** Never: the event itself is refused. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface RoundLimits {
  /** @default 10, as PutEvents has it */
  readonly maxEntries?: number;
  /** Of a whole request. @default 256 kB */
  readonly maxBytes?: number;
  /** Tries of one event before its lane is left to a later run. @default 3 */
  readonly maxTries?: number;
}

export interface Round {
  readonly lanes: readonly Lane[];
  readonly batches: readonly Batch[];
}

/**
 * Chooses what to publish next: the head of every lane that can go on, packed into as few requests as the limits allow.
 *
 * Heads that cannot be read block their lane at once.
 */
export function planRound(lanes: readonly Lane[], limits: RoundLimits = {}): Round {
  const maxEntries = limits.maxEntries ?? 10;
  const maxBytes = limits.maxBytes ?? MAX_ENTRY_BYTES;
  const maxTries = limits.maxTries ?? 3;
  const planned = [...lanes];
  const batches: Batch[] = [];
  let batch: { lane: number; event: PendingEvent }[] = [];
  let bytes = 0;
  for (const [index, lane] of lanes.entries()) {
    const text = headOf(lane);
    if (text === undefined || lane.tries >= maxTries) continue;
    const event = readEvent(text);
    if (isPoison(event)) {
      planned[index] = { ...lane, poison: event };
      continue;
    }
    if (batch.length === maxEntries || (batch.length > 0 && bytes + event.bytes > maxBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push({ lane: index, event });
    bytes += event.bytes;
  }
  if (batch.length > 0) batches.push(batch);
  return { lanes: planned, batches };
}

/** Moves the lanes of a batch on by what the bus said: every entry counts for its own lane alone. */
export function applyOutcomes(lanes: readonly Lane[], batch: Batch, outcomes: readonly EntryOutcome[]): readonly Lane[] {
  if (outcomes.length !== batch.length) {
    throw new RangeError(`The bus answered ${outcomes.length} of ${batch.length} entries: what became of the others is not known.`);
  }
  const moved = [...lanes];
  for (const [at, { lane: index }] of batch.entries()) {
    const lane = moved[index];
    const outcome = outcomes[at];
    if (lane && outcome) moved[index] = moveLane(lane, outcome);
  }
  return moved;
}

function moveLane(lane: Lane, outcome: EntryOutcome): Lane {
  if (outcome.kind === 'published') return { ...lane, next: lane.next + 1, tries: 0 };
  if (outcome.kind === 'refused') return { ...lane, poison: { code: outcome.code, message: outcome.message } };
  return { ...lane, tries: lane.tries + 1 };
}
