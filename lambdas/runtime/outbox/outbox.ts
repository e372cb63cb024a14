import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Correlation, Envelope, EventDraft } from '../../contracts/index.ts';
import { documentClient } from '../context/document-client.ts';
import { type Change, commitAll } from './commit-all.ts';
import { commitMark } from './commit-mark.ts';
import type { CommitResult } from './commit-result.ts';
import { type Aggregate, readAggregate } from './item.ts';
import { OutboxError } from './outbox-error.ts';
import { locationFromEnvironment } from './outbox-location.ts';
import { keyOf, type OutboxPlace, planCommit } from './plan-commit.ts';
import type { TransactItem } from './write.ts';

export interface OutboxOptions {
  /** Who states the events: `globalair.bookings`. */
  readonly source: string;
  /** Which outbox, when a function may commit to several: the `name` that `grantCommit` was given. @default the only one */
  readonly name?: string;
  /** Comes before every id in the partition key, where one table keeps aggregates of several kinds. @default '' */
  readonly prefix?: string;
  /** @default the client that the function instance shares */
  readonly client?: DynamoDBDocumentClient;
}

/** A commit of one aggregate. */
export interface Commit<State extends object> {
  readonly id: string;
  /**
   * What the decision was based on: `'new'` creates the aggregate, an aggregate from `load` changes it if nobody else has since. A bare
   * version costs one more read.
   */
  readonly expected: 'new' | Aggregate<State> | number;
  readonly state: State;
  /** What happened, in order. @default nothing is published */
  readonly events?: readonly EventDraft[];
  /** The request that creates the aggregate; give the aggregate the id `idempotency.id`. Only with `'new'`. @default none */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string; readonly id?: string };
  /**
   * Names the commit, for a caller that may be repeated (the id of the event it handles, an idempotency key): the repetition finds the
   * commit already made, as long as fewer than 8 others have followed.
   * @default a random one, which recognises itself when an answer is lost
   */
  readonly commitId?: string;
  /** Other writes that take effect together with the commit or not at all. @default none: one single write */
  readonly with?: readonly TransactItem[];
  /** Of the request or event that caused it: `context.correlation`. */
  readonly correlation: Correlation;
}

/** Aggregates whose state and events become durable together (G1). */
export interface Outbox<State extends object> {
  readonly source: string;
  /** The aggregate as it is now, read with strong consistency; undefined when there is none. */
  load(id: string): Promise<Aggregate<State> | undefined>;
  /**
   * Makes state and events durable in one write.
   *
   * @throws OutboxError for what no repetition changes (too large, an event of another subject), and when DynamoDB gave no answer that decides
   */
  commit(commit: Commit<State>): Promise<CommitResult<State>>;
  /** The commit as a part of {@link commitAll}, which makes several in one transaction. */
  change(commit: Omit<Commit<State>, 'with' | 'commitId' | 'correlation'>): Change;
  /**
   * The commit as one write of a transaction that somebody else makes, such as a consumer's unit of work. Its condition fails when the
   * aggregate has changed.
   * @example
   * unit.write(bookings.prepare({ id, expected: booking, state, events, correlation: unit.correlation }).write);
   */
  prepare(commit: Omit<Commit<State>, 'with' | 'expected'> & { readonly expected: 'new' | Aggregate<State> }): PreparedCommit;
}

/** A commit that is decided and not yet written. */
export interface PreparedCommit {
  readonly write: TransactItem;
  /** Version that the aggregate will have. */
  readonly version: number;
  readonly events: readonly Envelope[];
}

/**
 * The outbox that this function may commit to; the construct's `grantCommit(fn)` tells it which.
 *
 * @throws MissingVariableError at first use, when the function was granted none
 * @example
 * const bookings = outbox<BookingState>({ source: 'globalair.bookings' });
 *
 * const booking = await bookings.load(bookingId);
 * if (!booking) return notFound();
 * const result = await bookings.commit({
 *   id: bookingId,
 *   expected: booking,
 *   state: { ...booking.state, status: 'confirmed' },
 *   events: [BookingConfirmed.draft({ bookingId })],
 *   correlation: context.correlation,
 * });
 * if (!result.ok) return conflict();
 */
export function outbox<State extends object>(options: OutboxOptions): Outbox<State> {
  let known: OutboxPlace | undefined;
  const place = (): OutboxPlace => {
    known ??= placeFromEnvironment(options);
    return known;
  };
  const client = (): DynamoDBDocumentClient => options.client ?? documentClient();

  const load = async (id: string): Promise<Aggregate<State> | undefined> => {
    const at = place();
    const { Item: item } = await client().send(
      new GetCommand({ TableName: at.table, Key: { [at.key]: keyOf(at, id) }, ConsistentRead: true }),
    );
    return item === undefined ? undefined : readAggregate<State>(item, at);
  };

  const change: Outbox<State>['change'] = (commit) => {
    checkRequest(commit);
    return {
      place: place(),
      client: client(),
      id: commit.id,
      expected: commit.expected,
      state: commit.state,
      events: commit.events ?? [],
      idempotency: commit.idempotency && { key: commit.idempotency.key, fingerprint: commit.idempotency.fingerprint },
      load: () => load(commit.id),
    };
  };

  return {
    source: options.source,
    load,
    change,
    prepare(commit) {
      checkRequest(commit);
      const { write, version, events } = planCommit({
        place: place(),
        id: commit.id,
        state: commit.state,
        drafts: commit.events ?? [],
        base: commit.expected === 'new' ? undefined : commit.expected,
        idempotency: commit.idempotency && { key: commit.idempotency.key, fingerprint: commit.idempotency.fingerprint },
        correlation: commit.correlation,
        commit: commitMark(commit.commitId),
        now: Date.now(),
      });
      return { write, version, events };
    },
    async commit(commit) {
      const { with: others, commitId, correlation } = commit;
      const result = await commitAll([change(commit)], {
        correlation,
        ...(others === undefined ? {} : { with: others }),
        ...(commitId === undefined ? {} : { commitId }),
      });
      if (result.ok) {
        const [committed] = result.commits;
        if (committed) return { ok: true, ...committed };
        throw new OutboxError('MILLRACE_OUTBOX_BAD_REQUEST', 'A commit of one change has answered without it.');
      }
      if (result.reason === 'refused') {
        return { ok: false, reason: 'refused', refused: result.refused };
      }
      return { ok: false, reason: result.reason, current: result.current as Aggregate<State> | undefined };
    },
  };
}

function placeFromEnvironment({ source, name, prefix }: OutboxOptions): OutboxPlace {
  const { table, key, shards } = locationFromEnvironment('grantCommit', name);
  return { source, prefix: prefix ?? '', table, key, shards };
}

function checkRequest({ id, expected, idempotency }: Pick<Commit<object>, 'id' | 'expected' | 'idempotency'>): void {
  const bad = (problem: string): OutboxError =>
    new OutboxError('MILLRACE_OUTBOX_BAD_REQUEST', `The commit of ${JSON.stringify(id)} ${problem}.`);
  if (id === '') throw bad('has no id');
  if (typeof expected === 'object' && expected.id !== id) throw bad(`is based on the aggregate ${JSON.stringify(expected.id)}`);
  if (!idempotency) return;
  if (expected !== 'new') throw bad('changes an aggregate under an idempotency key, which only creation takes: give the key as commitId');
  if (idempotency.id !== undefined && idempotency.id !== id) {
    throw bad(
      `has an idempotency key that belongs to the id ${JSON.stringify(idempotency.id)}: under another id, a repeated request would create a second one`,
    );
  }
}
