import { OutboxError } from './outbox-error.ts';

/**
 * How an aggregate lies in its table. One item holds its state, its version and the events that wait for the relay: one write makes them
 * durable together (G1), and DynamoDB Streams, which orders the records of an item and of nothing more, carries them in order (G2).
 *
 *     pk            S  id of the aggregate
 *     state         M  whatever the author keeps
 *     version       N  raised by every commit
 *     sequence      N  of the last event ever stated
 *     commits       L  ids of the last commits, newest last: how a repeated commit recognises itself
 *     idempotency   M  {key, fingerprint} of the request that created it
 *     pending       L  envelopes (JSON) that are not known to be published, oldest first
 *     pendingSince  N  epoch ms of the oldest of them  ┐ both absent when nothing waits:
 *     pendingShard  S  partition in the sparse index   ┘ then the item is not in the index
 *     parked        M  {code, message, at} when the oldest pending event can't be published
 */
export const ATTRIBUTES = {
  state: 'state',
  version: 'version',
  sequence: 'sequence',
  commits: 'commits',
  idempotency: 'idempotency',
  pending: 'pending',
  pendingSince: 'pendingSince',
  pendingShard: 'pendingShard',
  parked: 'parked',
} as const;

/** Name of the sparse index over `pendingShard` and `pendingSince`. */
export const PENDING_INDEX = 'pending';
/** Partition key of an outbox table that the kit makes. */
export const PARTITION_KEY = 'pk';
/** Shard of items whose oldest event cannot be published: no relay and no sweeper looks there, a person does. */
export const PARKED_SHARD = 'parked';
export const DEFAULT_SHARDS = 8;
/** How many commits can follow before a repeated one is no longer recognised. */
export const REMEMBERED_COMMITS = 8;

/** An aggregate as it was read: what a commit builds on. */
export interface Aggregate<State> {
  readonly id: string;
  readonly state: State;
  /** Raised by one with every commit, from 1. */
  readonly version: number;
  /** Sequence of the last event stated; 0 when there is none. */
  readonly sequence: number;
  /** Fingerprints of the last commits, newest last. */
  readonly commits: readonly string[];
  /** The request that created it. @default it was created without an idempotency key */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string };
  /** How many of its events wait to be published. */
  readonly pending: number;
}

/** @throws OutboxError `MILLRACE_OUTBOX_NOT_AN_AGGREGATE` when the item lacks what an outbox writes */
export function readAggregate<State>(
  item: Readonly<Record<string, unknown>>,
  place: { readonly key: string; readonly prefix: string },
): Aggregate<State> {
  const { state, version, sequence, commits, idempotency, pending } = item;
  const key = item[place.key];
  if (
    typeof key !== 'string' ||
    !key.startsWith(place.prefix) ||
    typeof version !== 'number' ||
    typeof sequence !== 'number' ||
    typeof state !== 'object' ||
    state === null
  ) {
    throw new OutboxError(
      'MILLRACE_OUTBOX_NOT_AN_AGGREGATE',
      `The item ${JSON.stringify(key)} has no state, version and sequence: something else than an outbox wrote it. Give aggregates ids of their own in this table.`,
    );
  }
  return {
    id: key.slice(place.prefix.length),
    state: state as State,
    version,
    sequence,
    commits: Array.isArray(commits) ? commits.map(String) : [],
    pending: Array.isArray(pending) ? pending.length : 0,
    ...(isIdempotency(idempotency) ? { idempotency } : {}),
  };
}

function isIdempotency(value: unknown): value is { readonly key: string; readonly fingerprint: string } {
  return typeof value === 'object' && value !== null && 'key' in value && 'fingerprint' in value;
}
