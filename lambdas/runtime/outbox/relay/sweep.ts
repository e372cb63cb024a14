import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { MetricUnit } from '../../context/index.ts';
import { ATTRIBUTES, PARKED_SHARD } from '../item.ts';
import { shardNames } from '../shard.ts';
import { openLane } from './lane.ts';
import { pendingOf } from './outbox-table.ts';
import { type RelayEdge, settleLanes } from './relay-stream.ts';

export interface SweepOptions {
  readonly index: string;
  readonly shards: number;
  /** Events that have waited longer are taken on; younger ones are the relay's. */
  readonly overdueMs: number;
  /** Most aggregates in one run. @default 5000 */
  readonly maxItems?: number;
}

export interface SweepReport {
  /** Aggregates whose events were taken on. */
  readonly swept: number;
  /** Whether aggregates were left to the next run. */
  readonly more: boolean;
  /** How long the oldest event had waited when the run began. */
  readonly oldestMs: number;
  readonly parked: number;
}

/** Aggregates read, published and cleared together. */
const CHUNK = 50;
/** Time kept back for the last chunk. */
const RESERVE_MS = 8_000;

/**
 * Publishes events that have waited too long, whatever became of the relay and of the stream: the items themselves say what is pending.
 *
 * The index tells which items; each is read again with strong consistency, for the index is behind.
 */
export async function sweep(edge: RelayEdge, options: SweepOptions): Promise<SweepReport> {
  const now = Date.now();
  const maxItems = options.maxItems ?? 5_000;
  let swept = 0;
  let more = false;
  let oldest = now;
  for (const shard of shardNames(options.shards)) {
    let from: Record<string, unknown> | undefined;
    let first = true;
    do {
      if (swept >= maxItems || edge.remainingMs() < RESERVE_MS) {
        more = true;
        break;
      }
      const page = await queryShard(edge, options, shard, from);
      if (first) oldest = Math.min(oldest, page.keys[0]?.since ?? now);
      first = false;
      const overdue = page.keys.filter(({ since }) => since <= now - options.overdueMs).map(({ key }) => key);
      await sweepItems(overdue, edge);
      swept += overdue.length;
      // The index is in order of time: behind the first young item all are young.
      from = overdue.length < page.keys.length ? undefined : page.next;
    } while (from !== undefined);
    if (more) break;
  }
  const parked = await countParked(edge, options.index);
  const report = { swept, more, oldestMs: now - oldest, parked };
  edge.measure({ OutboxAge: [report.oldestMs / 1000, MetricUnit.Seconds], Swept: swept, ParkedSubjects: parked });
  return report;
}

interface IndexPage {
  readonly keys: readonly { readonly key: string; readonly since: number }[];
  readonly next: Record<string, unknown> | undefined;
}

async function queryShard(
  edge: RelayEdge,
  { index }: SweepOptions,
  shard: string,
  from: Record<string, unknown> | undefined,
): Promise<IndexPage> {
  const { client, table, key } = edge.table;
  const { Items: items = [], LastEvaluatedKey: next } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: index,
      KeyConditionExpression: '#shard = :shard',
      ExpressionAttributeNames: { '#shard': ATTRIBUTES.pendingShard },
      ExpressionAttributeValues: { ':shard': shard },
      Limit: CHUNK,
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    }),
  );
  return { keys: items.map((item) => ({ key: String(item[key]), since: Number(item[ATTRIBUTES.pendingSince]) })), next };
}

async function sweepItems(keys: readonly string[], edge: RelayEdge): Promise<void> {
  if (keys.length === 0) return;
  const { client, table, key } = edge.table;
  const items = await Promise.all(
    keys.map(async (value) => {
      const { Item: item } = await client.send(
        new GetCommand({
          TableName: table,
          Key: { [key]: value },
          ConsistentRead: true,
          ProjectionExpression: '#pending, #shard',
          ExpressionAttributeNames: { '#pending': ATTRIBUTES.pending, '#shard': ATTRIBUTES.pendingShard },
        }),
      );
      return item?.[ATTRIBUTES.pendingShard] === PARKED_SHARD ? openLane(value, []) : openLane(value, pendingOf(item ?? {}));
    }),
  );
  await settleLanes(
    items.filter(({ texts }) => texts.length > 0),
    edge,
  );
}

async function countParked(edge: RelayEdge, index: string): Promise<number> {
  let count = 0;
  let from: Record<string, unknown> | undefined;
  do {
    const page = await edge.table.client.send(
      new QueryCommand({
        TableName: edge.table.table,
        IndexName: index,
        KeyConditionExpression: '#shard = :shard',
        ExpressionAttributeNames: { '#shard': ATTRIBUTES.pendingShard },
        ExpressionAttributeValues: { ':shard': PARKED_SHARD },
        Select: 'COUNT',
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    count += page.Count ?? 0;
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return count;
}
