import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { type Log, type Measurement, MetricUnit } from '../../context/index.ts';
import type { Publish } from './bus.ts';
import { isFinished, type Lane, lastPublished, openLane } from './lane.ts';
import { clearPublished, type OutboxTable, park } from './outbox-table.ts';
import { publishLanes } from './publish-lanes.ts';
import type { PublishedMemory } from './published-memory.ts';
import { readRecords } from './read-records.ts';

export interface RelayEdge {
  readonly table: OutboxTable;
  readonly publish: Publish;
  readonly log: Log;
  readonly remainingMs: () => number;
  readonly measure: (measurements: Readonly<Record<string, Measurement>>) => void;
}

/** Time kept back for clearing what was published. */
const RESERVE_MS = 5_000;

/** Aggregates whose items are changed at once. */
const CONCURRENCY = 10;

/**
 * Publishes what a batch of stream records carries, and clears it.
 *
 * A subject whose event cannot be published now makes the stream go on from its first record (`ReportBatchItemFailures`); the others are
 * done. One whose event can never be published is set aside and does not hold the stream.
 */
export async function relayRecords(
  records: readonly DynamoDBRecord[],
  edge: RelayEdge,
  memory: PublishedMemory,
): Promise<DynamoDBBatchResponse> {
  const items = readRecords(records, edge.table.key).filter(({ texts }) => texts.length > 0);
  const opened = items.map(({ key, texts }) => openLane(key, texts, memory.get(key)));
  const settled = await settleLanes(opened, edge);
  const failures: string[] = [];
  for (const [at, { lane, done }] of settled.entries()) {
    const last = lastPublished(lane);
    if (last !== undefined) memory.set(lane.key, last);
    const first = items[at]?.first;
    if (!done && first !== undefined) failures.push(first);
  }
  return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** A lane after its run; `done` when nothing of it is left to this run or the next. */
export interface SettledLane {
  readonly lane: Lane;
  readonly done: boolean;
}

/** Publishes lanes, clears what was published, sets aside what never can be, and measures. */
export async function settleLanes(opened: readonly Lane[], edge: RelayEdge): Promise<SettledLane[]> {
  const { log, table } = edge;
  let failed = 0;
  const lanes = await publishLanes(opened, edge.publish, {
    goOn: () => edge.remainingMs() > RESERVE_MS,
    onFailure: (lane, { kind, code, message }) => {
      failed += 1;
      log.warn('Event not published', { subject: lane.key, outcome: kind, code, reason: message });
    },
  });

  const settled: SettledLane[] = [];
  let parked = 0;
  for (let at = 0; at < lanes.length; at += CONCURRENCY) {
    const done = await Promise.all(
      lanes.slice(at, at + CONCURRENCY).map(async (lane) => {
        try {
          await clearPublished(table, lane);
          if (!lane.poison) return isFinished(lane);
          await park(table, lane, lane.poison);
          parked += 1;
          log.error('Event parked: it can never be published, and its subject waits for a decision', {
            subject: lane.key,
            code: lane.poison.code,
            reason: lane.poison.message,
          });
          return true;
        } catch (error) {
          log.error('Published events could not be cleared; they will be published again', { subject: lane.key, error });
          return false;
        }
      }),
    );
    for (const [index, isDone] of done.entries()) {
      const lane = lanes[at + index];
      if (lane) settled.push({ lane, done: isDone });
    }
  }

  const published = lanes.reduce((sum, lane, at) => sum + lane.next - (opened[at]?.next ?? 0), 0);
  edge.measure({
    Published: published,
    Failed: failed,
    Parked: parked,
    ...(published > 0 ? { PublishDelay: [delayMs(lanes, opened), MetricUnit.Milliseconds] } : {}),
  });
  return settled;
}

/** The longest time from commit to publication in this run. */
function delayMs(lanes: readonly Lane[], opened: readonly Lane[]): number {
  const now = Date.now();
  return lanes.reduce((longest, lane, at) => {
    const first = opened[at]?.next ?? 0;
    const text = lane.next > first ? lane.texts[first] : undefined;
    const time = text === undefined ? Number.NaN : Date.parse(String((JSON.parse(text) as { readonly time?: unknown }).time));
    return Number.isNaN(time) ? longest : Math.max(longest, now - time);
  }, 0);
}
