import { ChangeMessageVisibilityBatchCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
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
import { byId, type InboxStrategy } from '../inbox/index.ts';
import { unwrap } from './body.ts';
import { handleById, handledBefore, runLane } from './by-id.ts';
import { handleBySequence } from './by-sequence.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import { type Arrival, lanesOf } from './lanes.ts';
import { readLines } from './lines.ts';
import { comesAgain, type Outcome, tally } from './outcome.ts';
import type { ConsumerParts } from './parts.ts';
import { type Registration, readEvent } from './when.ts';

export interface ConsumerOptions {
  /** What is handled; made with `when`. Events of other types are passed over. */
  readonly on: readonly Registration[];
  /** How the consumer knows what it has handled. @default byId() */
  readonly inbox?: InboxStrategy;
  /**
   * Where an event goes whose handler keeps failing. `dead-letter`: the queue's dead-letter queue, from which it can be redriven. `park`: the
   * parking table, with the error; events of its subject that come behind it are kept there too.
   * @default 'dead-letter' for `byId`; `bySequence` always parks, since a redrive knows no order
   */
  readonly failing?: 'dead-letter' | 'park';
  /** Name in keys, logs and metrics. @default that of the construct (`MILLRACE_CONSUMER`) */
  readonly name?: string;
}

/** Lanes that are handled at the same time. */
const CONCURRENCY = 10;
/** With less time left than this, what has not begun goes back to the queue. */
const LAST_START_MS = 1_500;
const HINT = 'The Consumer construct sets it on its handler.';

/**
 * Makes the handler of a queue: each event's effects happen exactly once (G3).
 *
 * Effects, inbox record and new outbox events are committed in one transaction. What fails comes again with growing delays, and is parked
 * (or left to the dead-letter queue, see `failing`) when it keeps failing; what can never be read is parked at once, with its payload and reason. In a FIFO queue a failure stops its group.
 *
 * Calls to the outside do not take part in the transaction: run them under `sideEffect`.
 *
 * @example
 * export const handler = consumer({
 *   inbox: byId(),
 *   on: [when(BookingConfirmed, async (event, unit) => unit.write({ Put: { TableName: 'mails', Item: mailFor(event) } }))],
 * });
 * @see https://microservices.io/patterns/communication-style/idempotent-consumer.html
 */
export function consumer(options: ConsumerOptions): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const strategy = options.inbox ?? byId();
  return async (batch, context) => {
    requireRecords(batch, 'consumer()', 'the messages of an SQS queue');
    const name = options.name ?? requireVariable(ENVIRONMENT.consumer, HINT);
    const parts: ConsumerParts = {
      name,
      owner: `consumer#${name}`,
      registrations: options.on,
      client: documentClient(),
      inboxTable: requireVariable(ENVIRONMENT.inboxTable, HINT),
      parkingTable: requireVariable(ENVIRONMENT.parkingTable, HINT),
      maxReceives: integerVariable(ENVIRONMENT.maxReceives, 10),
      failing: options.failing ?? 'dead-letter',
      log: log({ consumer: name, requestId: context.awsRequestId }),
      requestId: context.awsRequestId,
      remainingMs: () => context.getRemainingTimeInMillis(),
    };
    const arrivals = batch.Records.map((record): Arrival => {
      const delivery = deliveryOf(record);
      return { delivery, reading: readEvent(unwrap(delivery.body), options.on) };
    });
    const outcomes = await handleBatch(parts, arrivals, strategy);
    await backOff(parts, outcomes);
    report(parts, arrivals, outcomes);
    return {
      batchItemFailures: [...outcomes].flatMap(([arrival, outcome]) =>
        comesAgain(outcome) ? [{ itemIdentifier: arrival.delivery.messageId }] : [],
      ),
    };
  };
}

async function handleBatch(parts: ConsumerParts, arrivals: readonly Arrival[], strategy: InboxStrategy): Promise<Map<Arrival, Outcome>> {
  const outcomes = new Map<Arrival, Outcome>();
  let handle: (arrival: Arrival) => Promise<Outcome>;
  try {
    handle = await handlerOf(parts, arrivals, strategy);
  } catch (error) {
    parts.log.error('Could not read the inbox', { error: error as Error });
    for (const arrival of arrivals) outcomes.set(arrival, unknown(arrival));
    return outcomes;
  }
  const lanes = lanesOf(arrivals, strategy);
  const worker = async (): Promise<void> => {
    for (let lane = lanes.shift(); lane; lane = lanes.shift()) {
      await runLane(
        lane,
        async (arrival) => {
          if (parts.remainingMs() < LAST_START_MS) return { kind: 'failed', afterSeconds: 0 };
          try {
            return await handle(arrival);
          } catch (error) {
            parts.log.error('Could not handle a message', { messageId: arrival.delivery.messageId, error: error as Error });
            return unknown(arrival);
          }
        },
        (arrival, outcome) => outcomes.set(arrival, outcome),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, lanes.length) }, worker));
  return outcomes;
}

/** The tables could not be reached: it comes again, and is never parked for that. */
function unknown({ delivery }: Arrival): Outcome {
  return { kind: 'failed', afterSeconds: Math.min(60, 2 ** delivery.receives) };
}

async function handlerOf(
  parts: ConsumerParts,
  arrivals: readonly Arrival[],
  strategy: InboxStrategy,
): Promise<(arrival: Arrival) => Promise<Outcome>> {
  if (strategy.kind === 'by-id') {
    const handled = await handledBefore(parts, arrivals);
    return (arrival) => handleById(parts, arrival, strategy, handled);
  }
  const lines = await readLines(parts, arrivals, strategy);
  return (arrival) => handleBySequence(parts, arrival, lines);
}

/** Sets when each message comes again; without this they would all wait for the queue's whole visibility timeout. */
async function backOff(parts: ConsumerParts, outcomes: ReadonlyMap<Arrival, Outcome>): Promise<void> {
  const queueUrl = process.env[ENVIRONMENT.queueUrl];
  const again = [...outcomes].flatMap(([arrival, outcome]): [Delivery, number][] =>
    comesAgain(outcome) ? [[arrival.delivery, outcome.afterSeconds]] : [],
  );
  if (!queueUrl || again.length === 0) return;
  for (let from = 0; from < again.length; from += 10) {
    const Entries = again.slice(from, from + 10).map(([delivery, afterSeconds], index) => ({
      Id: String(index),
      ReceiptHandle: delivery.receiptHandle,
      VisibilityTimeout: afterSeconds,
    }));
    try {
      const { Failed } = await sqsClient().send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
      // Only a matter of when: such a message comes again after the visibility timeout.
      for (const failure of Failed ?? [])
        parts.log.warn('Could not set a visibility timeout', { code: failure.Code, reason: failure.Message });
    } catch (error) {
      parts.log.warn('Could not set visibility timeouts', { error: error as Error });
    }
  }
}

function report(parts: ConsumerParts, arrivals: readonly Arrival[], outcomes: ReadonlyMap<Arrival, Outcome>): void {
  const now = Date.now();
  const lag = Math.max(
    0,
    ...arrivals.map(({ delivery, reading }) => now - (reading.kind === 'unreadable' ? delivery.sentAt : Date.parse(reading.event.time))),
  );
  const counts = tally(outcomes.values());
  measure({ consumer: parts.name }, { ...counts, Lag: [lag, MetricUnit.Milliseconds] });
  measureFailures((counts.Failed ?? 0) + (counts.Parked ?? 0));
}
