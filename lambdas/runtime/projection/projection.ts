import { ChangeMessageVisibilityBatchCommand } from '@aws-sdk/client-sqs';
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import {
  documentClient,
  ENVIRONMENT,
  integerVariable,
  log,
  MetricUnit,
  measure,
  measureFailures,
  requireVariable,
  sqsClient,
} from '../context/index.ts';
import { requireRecords } from '../context/wrong-event.ts';
import { compareSequenceNumbers, type Entry, entryOfKinesis, entryOfSqs } from './entry.ts';
import { type Once, ProjectionSetupError } from './once.ts';
import type { BatchResult, ProjectionParts } from './parts.ts';
import type { ProjectionRule } from './project.ts';
import { runBatch } from './run.ts';

export interface ProjectionOptions {
  /** What is projected; made with `project`. Events of other types are passed over. */
  readonly on: readonly ProjectionRule[];
  /** How a row knows which events it reflects already. @default 'per-subject' */
  readonly once?: Once;
  /**
   * `hold`: an event that comes before its predecessor is kept until that has come. `ignore`: for sources that leave out some events of a
   * subject; needs events that are in order, and cannot tell a late event from a duplicate. Not with `once: 'transaction'`, which knows
   * duplicates by the heads of subjects.
   * @default 'hold'
   */
  readonly gaps?: 'hold' | 'ignore';
  /**
   * What becomes of the subject of an event that cannot be projected (its data breaks the contract, its fold throws). It is parked either way.
   * `stop-subject`: what follows waits until it is released or dropped. `skip`: the subject goes on without it.
   * @default 'stop-subject'
   */
  readonly poison?: 'stop-subject' | 'skip';
  /** Name in logs, metrics and the parking table. @default that of the construct (`MILLRACE_PROJECTION`) */
  readonly name?: string;
}

export type ProjectionHandler = (
  event: SQSEvent | KinesisStreamEvent,
  context: Context,
) => Promise<SQSBatchResponse & KinesisStreamBatchResponse>;

const HINT = 'The Projection construct sets it on its handler.';

/**
 * Makes the handler of a read model, fed by a queue or a Kinesis stream: each row reflects each event once, in subject order (G5).
 *
 * A batch is folded per row, and each row written once, under the condition that nobody else wrote it. A record that cannot be read or
 * projected is parked with its payload and reason; it stops its own subject only. An event that comes too early waits, in the parking table
 * or (from a queue) a while in the queue, and follows by itself.
 *
 * @throws ProjectionSetupError for options that don't go together
 * @example
 * export const handler = projection({
 *   on: [
 *     project(FlightDeparted, ({ data }) => [
 *       change<Totals>({ pk: `AIRPORT#${data.origin}`, sk: 'TOTALS' }, (totals) => count(totals, data.delay)),
 *     ]),
 *   ],
 * });
 */
export function projection(options: ProjectionOptions): ProjectionHandler {
  if (options.once === 'transaction' && options.gaps === 'ignore') {
    throw new ProjectionSetupError(
      `once: 'transaction' knows by the heads of subjects what it reflects, and gaps: 'ignore' keeps none: a duplicate would count twice. Use another 'once'.`,
    );
  }
  return async (event, context) => {
    requireRecords(event, 'projection()', 'the records of a Kinesis stream or an SQS queue');
    const name = options.name ?? requireVariable(ENVIRONMENT.projection, HINT);
    const generation = process.env[ENVIRONMENT.projectionGeneration] || undefined;
    const parts: ProjectionParts = {
      name,
      owner: generation ? `projection#${name}|${generation}` : `projection#${name}`,
      rules: options.on,
      once: options.once ?? 'per-subject',
      gaps: options.gaps ?? 'hold',
      poison: options.poison ?? 'stop-subject',
      generation,
      client: documentClient(),
      table: requireVariable(ENVIRONMENT.projectionTable, HINT),
      parkingTable: requireVariable(ENVIRONMENT.parkingTable, HINT),
      maxReceives: integerVariable(ENVIRONMENT.maxReceives, 10),
      log: log({ projection: name, requestId: context.awsRequestId }),
      remainingMs: () => context.getRemainingTimeInMillis(),
    };
    if (parts.once === 'per-shard' && integerVariable(ENVIRONMENT.parallelization, 1) > 1) {
      throw new ProjectionSetupError(
        `${name}: its stream gives it several batches of a shard at once, so a position says nothing about the records before it. Set parallelizationFactor to 1, or use another 'once'.`,
      );
    }
    const entries = event.Records.map((record) =>
      'kinesis' in record ? entryOfKinesis(record, options.on) : entryOfSqs(record, options.on),
    );
    const result = await runBatch(parts, entries);
    report(parts, entries, result);
    return { batchItemFailures: await failures(parts, result) };
  };
}

/** From a stream, the first record that must come again, after which everything does; from a queue, each of them. */
async function failures(parts: ProjectionParts, { again }: BatchResult): Promise<{ itemIdentifier: string }[]> {
  const entries = [...again.keys()];
  const positioned = entries.filter((entry) => entry.position).map((entry) => entry.id);
  if (positioned.length > 0) {
    const [lowest] = positioned.sort(compareSequenceNumbers);
    return lowest === undefined ? [] : [{ itemIdentifier: lowest }];
  }
  await backOff(parts, again);
  return entries.map((entry) => ({ itemIdentifier: entry.id }));
}

async function backOff(parts: ProjectionParts, again: BatchResult['again']): Promise<void> {
  const queueUrl = process.env[ENVIRONMENT.queueUrl];
  const delays = [...again].flatMap(([entry, seconds]) => (entry.queued ? [{ handle: entry.queued.receiptHandle, seconds }] : []));
  if (!queueUrl) return;
  for (let from = 0; from < delays.length; from += 10) {
    const Entries = delays
      .slice(from, from + 10)
      .map(({ handle, seconds }, index) => ({ Id: String(index), ReceiptHandle: handle, VisibilityTimeout: seconds }));
    try {
      const { Failed } = await sqsClient().send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
      for (const failure of Failed ?? [])
        parts.log.warn('Could not set a visibility timeout', { code: failure.Code, reason: failure.Message });
    } catch (error) {
      parts.log.warn('Could not set visibility timeouts', { error: error as Error });
    }
  }
}

function report(parts: ProjectionParts, entries: readonly Entry[], { counts, again }: BatchResult): void {
  const now = Date.now();
  const lag = Math.max(
    0,
    ...entries.map(({ reading, arrivedAt }) => now - (reading.kind === 'unreadable' ? arrivedAt : Date.parse(reading.event.time))),
  );
  measure({ projection: parts.name }, { ...counts, ...(again.size > 0 ? { Again: again.size } : {}), Lag: [lag, MetricUnit.Milliseconds] });
  // An event that is missing, and those that wait for it, are nobody's failure here.
  const { Held = 0, Parked = 0, Gaps = 0 } = counts;
  measureFailures(again.size - Held + Parked - Gaps);
}
