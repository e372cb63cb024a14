import type { Correlation, Envelope, EventDraft } from '../../contracts/index.ts';
import { envelopeOf } from '../../contracts/index.ts';
import { entryBytes, MAX_ENTRY_BYTES } from './event-size.ts';
import { type Aggregate, ATTRIBUTES, REMEMBERED_COMMITS } from './item.ts';
import { itemBytes, MAX_ITEM_BYTES } from './item-size.ts';
import { OutboxError } from './outbox-error.ts';
import { shardOf } from './shard.ts';

/** Where an outbox keeps its aggregates. */
export interface OutboxPlace {
  readonly table: string;
  /** Name of the partition key. */
  readonly key: string;
  /** Comes before every id in the key, where one table keeps aggregates of several kinds. */
  readonly prefix: string;
  readonly shards: number;
  readonly source: string;
}

/** One aggregate's part of a commit, with everything decided but the write. */
export interface CommitPlan {
  readonly place: OutboxPlace;
  readonly id: string;
  readonly state: object;
  readonly drafts: readonly EventDraft[];
  /** What the commit builds on; undefined creates the aggregate. */
  readonly base: Pick<Aggregate<unknown>, 'version' | 'sequence' | 'commits'> | undefined;
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | undefined;
  readonly correlation: Correlation;
  /** Stored in the item, so that the commit recognises itself. */
  readonly commit: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The member of TransactWriteItems (document client) that makes the commit; also the input of the single PutItem or UpdateItem. */
export type CommitWrite =
  | { readonly Put: ConditionalWrite & { readonly Item: Record<string, unknown> } }
  | {
      readonly Update: ConditionalWrite & {
        readonly Key: Record<string, unknown>;
        readonly UpdateExpression: string;
        readonly ExpressionAttributeValues: Record<string, unknown>;
      };
    };

interface ConditionalWrite {
  readonly TableName: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ReturnValuesOnConditionCheckFailure: 'ALL_OLD';
}

export interface PlannedCommit {
  readonly write: CommitWrite;
  readonly version: number;
  readonly events: readonly Envelope[];
  /** Bytes that the item has after the write, without events that already wait. */
  readonly bytes: number;
}

/**
 * Decides what a commit writes: pure, so that a repeated commit writes the same.
 *
 * @throws OutboxError when the item or an event would be too large, or an event belongs elsewhere
 */
export function planCommit(plan: CommitPlan): PlannedCommit {
  const { place, base, drafts } = plan;
  for (const draft of drafts) checkDraft(draft, plan);
  const before = base ?? { version: 0, sequence: 0, commits: [] };
  const events = drafts.map((draft, index) =>
    envelopeOf(draft, { ...plan.correlation, source: place.source, sequence: before.sequence + index + 1, time: plan.now }),
  );
  const texts = events.map((event) => eventText(event));

  const settled = {
    [ATTRIBUTES.state]: plan.state,
    [ATTRIBUTES.version]: before.version + 1,
    [ATTRIBUTES.sequence]: before.sequence + events.length,
    [ATTRIBUTES.commits]: [...before.commits, plan.commit].slice(-REMEMBERED_COMMITS),
  };
  const pending =
    texts.length === 0
      ? {}
      : {
          [ATTRIBUTES.pending]: texts,
          [ATTRIBUTES.pendingSince]: plan.now,
          [ATTRIBUTES.pendingShard]: shardOf(keyOf(place, plan.id), place.shards),
        };
  const idempotency = plan.idempotency === undefined ? {} : { [ATTRIBUTES.idempotency]: plan.idempotency };
  const item = { [place.key]: keyOf(place, plan.id), ...settled, ...idempotency, ...pending };

  const bytes = itemBytes(item);
  if (bytes > MAX_ITEM_BYTES) throw tooLarge(plan, bytes, texts);

  const write = base === undefined ? putOf(place, item) : updateOf(place, plan.id, base.version, settled, pending);
  return { write, version: before.version + 1, events, bytes };
}

/** The value of the partition key of an aggregate. */
export function keyOf(place: Pick<OutboxPlace, 'prefix'>, id: string): string {
  return place.prefix + id;
}

function putOf(place: OutboxPlace, item: Record<string, unknown>): CommitWrite {
  return {
    Put: {
      TableName: place.table,
      Item: item,
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': place.key },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function updateOf(
  place: OutboxPlace,
  id: string,
  expected: number,
  settled: Record<string, unknown>,
  pending: Record<string, unknown>,
): CommitWrite {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = { ':expected': expected };
  const sets: string[] = [];
  for (const [name, value] of Object.entries(settled)) {
    names[`#${name}`] = name;
    values[`:${name}`] = value;
    sets.push(`#${name} = :${name}`);
  }
  for (const [name, value] of Object.entries(pending)) {
    names[`#${name}`] = name;
    values[`:${name}`] = value;
    // Events of earlier commits may still wait: theirs is the earlier time, and the place in the index (or among the parked).
    sets.push(
      name === ATTRIBUTES.pending
        ? `#${name} = list_append(if_not_exists(#${name}, :none), :${name})`
        : `#${name} = if_not_exists(#${name}, :${name})`,
    );
    if (name === ATTRIBUTES.pending) values[':none'] = [];
  }
  return {
    Update: {
      TableName: place.table,
      Key: { [place.key]: keyOf(place, id) },
      UpdateExpression: `SET ${sets.join(', ')}`,
      ConditionExpression: '#version = :expected',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function eventText(event: Envelope): string {
  const detail = JSON.stringify(event);
  const bytes = entryBytes({ source: event.source, type: event.type, detail });
  if (bytes <= MAX_ENTRY_BYTES) return detail;
  throw new OutboxError(
    'MILLRACE_OUTBOX_EVENT_TOO_LARGE',
    `The event ${event.type} of ${event.subject} has ${bytes} bytes; at most ${MAX_ENTRY_BYTES} reach every subscriber. Put the content in S3 and its address in the event.`,
  );
}

function checkDraft(draft: EventDraft, { id, place }: CommitPlan): void {
  if (draft.subject !== id) {
    throw new OutboxError(
      'MILLRACE_OUTBOX_OTHER_SUBJECT',
      `A commit of ${JSON.stringify(id)} states a ${draft.type} of ${JSON.stringify(draft.subject)}. Sequences are kept per aggregate: commit that event with its own aggregate (commitAll does both at once).`,
    );
  }
  if (draft.source !== undefined && draft.source !== place.source) {
    throw new OutboxError(
      'MILLRACE_OUTBOX_OTHER_SOURCE',
      `The contract of ${draft.type} names the source ${JSON.stringify(draft.source)}; this outbox states events as ${JSON.stringify(place.source)}.`,
    );
  }
}

function tooLarge(plan: CommitPlan, bytes: number, texts: readonly string[]): OutboxError {
  const events = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
  return new OutboxError(
    'MILLRACE_OUTBOX_ITEM_TOO_LARGE',
    `The aggregate ${JSON.stringify(plan.id)} would have ${bytes} bytes (state ${itemBytes({ state: plan.state })}, ${texts.length} events ${events}); ` +
      `an item holds ${MAX_ITEM_BYTES}. Keep less in the state, state fewer events at once, or split the aggregate.`,
  );
}
