import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Envelope } from '../../contracts/index.ts';
import { documentClient } from '../context/document-client.ts';
import { asFailure } from './aws-failure.ts';
import { ATTRIBUTES, PARKED_SHARD } from './item.ts';
import { OutboxError } from './outbox-error.ts';
import { locationFromEnvironment, type OutboxLocation } from './outbox-location.ts';
import { pendingOf } from './relay/outbox-table.ts';
import { shardOf } from './shard.ts';

/** A subject that stands still because its oldest pending event can never be published. */
export interface ParkedSubject {
  /** Value of the partition key of its item. */
  readonly key: string;
  readonly code: string;
  readonly message: string;
  /** When it was set aside, RFC 3339. */
  readonly at: string;
  /** The event, as it was to be published: JSON, unless that is what is wrong with it. */
  readonly event: string;
  /** How many events wait behind it. */
  readonly waiting: number;
}

/**
 * What becomes of the event that stands in the way.
 * - `retry`: it is published as it is; the bus may take it now.
 * - `replace`: this one is published in its place, under the same id and sequence.
 * - `drop`: it is never published. Consumers that hold gaps will wait for its sequence: release them, too.
 */
export type Decision = { readonly kind: 'retry' } | { readonly kind: 'replace'; readonly event: Envelope } | { readonly kind: 'drop' };

/** Looks at parked subjects and lets them go on; for a person's tools, not for handlers of events. */
export interface ParkedSubjects {
  list(): Promise<ParkedSubject[]>;
  /**
   * Lets a subject go on: the relay finds it at once.
   * @param event the text that {@link ParkedSubjects.list} showed: the decision is about that event and no other
   * @returns false when that event does not stand in the way any more
   */
  release(key: string, event: string, decision: Decision): Promise<boolean>;
}

/**
 * The parked subjects of an outbox; the construct's `grantOperate(fn)` tells which.
 * @example
 * const parked = parkedSubjects();
 * for (const { key, event } of await parked.list()) await parked.release(key, event, { kind: 'retry' });
 */
export function parkedSubjects(options: { readonly name?: string; readonly client?: DynamoDBDocumentClient } = {}): ParkedSubjects {
  const client = (): DynamoDBDocumentClient => options.client ?? documentClient();
  const location = (): OutboxLocation => locationFromEnvironment('grantOperate', options.name);
  return {
    list: async () => {
      const at = location();
      const subjects: ParkedSubject[] = [];
      for (const key of await parkedKeys(client(), at)) {
        const { Item: item } = await client().send(new GetCommand({ TableName: at.table, Key: { [at.key]: key }, ConsistentRead: true }));
        const subject = item && subjectOf(key, item);
        if (subject) subjects.push(subject);
      }
      return subjects;
    },
    release: (key, event, decision) => release(client(), location(), key, event, decision),
  };
}

async function parkedKeys(client: DynamoDBDocumentClient, at: OutboxLocation): Promise<string[]> {
  const keys: string[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: at.table,
        IndexName: at.index,
        KeyConditionExpression: '#shard = :shard',
        ExpressionAttributeNames: { '#shard': ATTRIBUTES.pendingShard },
        ExpressionAttributeValues: { ':shard': PARKED_SHARD },
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    keys.push(...(page.Items ?? []).map((item) => String(item[at.key])));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return keys;
}

function subjectOf(key: string, item: Readonly<Record<string, unknown>>): ParkedSubject | undefined {
  const [event, ...rest] = pendingOf(item);
  const parked = item[ATTRIBUTES.parked] as { readonly code?: unknown; readonly message?: unknown; readonly at?: unknown } | undefined;
  if (event === undefined || !parked) return undefined;
  return { key, code: String(parked.code), message: String(parked.message), at: String(parked.at), event, waiting: rest.length };
}

async function release(
  client: DynamoDBDocumentClient,
  at: OutboxLocation,
  key: string,
  event: string,
  decision: Decision,
): Promise<boolean> {
  const next = { ':shard': shardOf(key, at.shards) };
  const change = (expression: string, values: Record<string, unknown>, also = ''): Promise<boolean> =>
    update(client, at, key, event, expression, values, also);
  if (decision.kind === 'retry') return change('SET #shard = :shard REMOVE #parked', next);
  if (decision.kind === 'replace') {
    const replacement = replacementOf(event, decision.event);
    return change('SET #shard = :shard, #pending[0] = :replacement REMOVE #parked', { ...next, ':replacement': replacement });
  }
  // Where nothing waits behind it, the item leaves the index.
  const only = await change('REMOVE #parked, #pending, #since, #shard', { ':one': 1 }, ' AND size(#pending) = :one');
  return only || change('SET #shard = :shard REMOVE #parked, #pending[0]', next);
}

const NAMES = {
  '#pending': ATTRIBUTES.pending,
  '#shard': ATTRIBUTES.pendingShard,
  '#since': ATTRIBUTES.pendingSince,
  '#parked': ATTRIBUTES.parked,
};

async function update(
  client: DynamoDBDocumentClient,
  at: OutboxLocation,
  key: string,
  event: string,
  expression: string,
  values: Record<string, unknown>,
  also: string,
): Promise<boolean> {
  const condition = `#shard = :parkedShard AND #pending[0] = :event${also}`;
  const used = Object.entries(NAMES).filter(([name]) => `${expression} ${condition}`.includes(name));
  try {
    await client.send(
      new UpdateCommand({
        TableName: at.table,
        Key: { [at.key]: key },
        UpdateExpression: expression,
        ConditionExpression: condition,
        ExpressionAttributeNames: Object.fromEntries(used),
        ExpressionAttributeValues: { ...values, ':event': event, ':parkedShard': PARKED_SHARD },
      }),
    );
    return true;
  } catch (error) {
    if (asFailure(error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/** The event in its place: whoever has seen its id and sequence must not see another under them elsewhere. */
function replacementOf(event: string, replacement: Envelope): string {
  const known = parse(event);
  for (const attribute of ['id', 'source', 'subject', 'sequence'] as const) {
    if (known?.[attribute] !== undefined && known[attribute] !== replacement[attribute]) {
      throw new OutboxError(
        'MILLRACE_OUTBOX_BAD_REQUEST',
        `The replacement has the ${attribute} ${JSON.stringify(replacement[attribute])}; the event in whose place it comes has ${JSON.stringify(known[attribute])}.`,
      );
    }
  }
  return JSON.stringify(replacement);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
