import type { Context, KinesisStreamEvent } from 'aws-lambda';
import type { Envelope, EventContract, EventOf } from '../../contracts/index.ts';
import { unwrap } from '../consumer/body.ts';
import { describeError, parkedMessage } from '../consumer/park.ts';
import { readEvent } from '../consumer/when.ts';
import { documentClient, ENVIRONMENT, type Log, log, measure, measureFailures, requireVariable } from '../context/index.ts';
import { transact } from '../inbox/transact.ts';
import type { ParkingReason } from '../parking/parked.ts';
import { parkWrites } from '../parking/store.ts';

/** A window of one shard. */
export interface StreamWindow {
  /** RFC 3339. */
  readonly start: string;
  readonly end: string;
  readonly shardId: string;
  /** The same for every try of closing this window of this shard; of each of its parts, when it ended early. */
  readonly key: string;
  /** Whether Lambda ended it early because the state was over 1 MB: the rest of the window follows from `initial`, and closes by itself. */
  readonly endedEarly: boolean;
}

export interface TumblingWindowOptions<State, C extends EventContract> {
  /** What is aggregated. Records of other types are passed over. */
  readonly on: C;
  /** The aggregate of no events. */
  readonly initial: State;
  /** Adds one event. Pure: a batch that fails is added again to the state from before it. When it throws, the event is parked. */
  add(state: State, event: EventOf<C>): State;
  /** The window is over. May run more than once for a window: write under `window.key`. */
  close(state: State, window: StreamWindow, context: { readonly log: Log }): void | Promise<void>;
  /** Name in logs, metrics and the parking table. @default that of the construct */
  readonly name?: string;
}

/** What Lambda sends for a window. @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html */
export interface WindowedEvent extends KinesisStreamEvent {
  readonly window: { readonly start: string; readonly end: string };
  readonly state: Readonly<Record<string, unknown>>;
  readonly shardId: string;
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

export interface WindowResponse {
  readonly state: Readonly<Record<string, unknown>>;
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Makes the handler of a tumbling window: Lambda keeps the aggregate between batches, by **arrival** time and for each shard. (Windows by event
 * time, which late records still reach, are rows of a projection.)
 *
 * A record that cannot be read or added is parked. The state may grow to 1 MB; beyond that Lambda ends the window early, and it closes in parts.
 */
export function tumblingWindow<State, C extends EventContract>(
  options: TumblingWindowOptions<State, C>,
): (event: WindowedEvent, context: Context) => Promise<WindowResponse> {
  const rule = { contract: options.on as EventContract, add: (state: State, event: Envelope) => options.add(state, event as EventOf<C>) };
  return async (event, context) => {
    const name = options.name ?? requireVariable(ENVIRONMENT.consumer, 'EventStream.addConsumer sets it on its handler.');
    const lines = log({ consumer: name, requestId: context.awsRequestId });
    const records = event.Records ?? [];
    const first = event.state.first ?? records[0]?.kinesis.sequenceNumber;
    let state = 'value' in event.state ? (event.state.value as State) : options.initial;
    let handled = 0;
    let parked = 0;
    for (const record of records) {
      const body = Buffer.from(record.kinesis.data, 'base64').toString('utf8');
      const reading = readEvent(unwrap(body), [rule]);
      const park = async (reason: ParkingReason, detail: string): Promise<void> => {
        const entry = parkedMessage(`stream#${name}`, { body, origin: record.eventID }, reading, reason, detail, Date.now());
        await transact(documentClient(), parkWrites(requireVariable(ENVIRONMENT.parkingTable, 'EventStream.addConsumer sets it.'), entry));
        lines.warn('Parked a record', { origin: record.eventID, reason, detail });
        parked += 1;
      };
      if (reading.kind === 'event') {
        const added = attempt(() => reading.registration.add(state, reading.event));
        if (added.ok) {
          state = added.value;
          handled += 1;
        } else await park('failing', added.detail);
      } else if (reading.kind !== 'other') await park(reading.kind, reading.detail);
    }
    const endedEarly = event.isWindowTerminatedEarly === true;
    const over = event.isFinalInvokeForWindow || endedEarly;
    if (over) {
      const { start, end } = event.window;
      const key = `${event.shardId}/${start}${endedEarly ? `/${String(first)}` : ''}`;
      if (endedEarly) lines.warn('The window ended early: its state is over 1 MB', { start, shardId: event.shardId });
      await options.close(state, { start, end, shardId: event.shardId, key, endedEarly }, { log: lines });
    }
    measure(
      { consumer: name },
      {
        ...(handled > 0 ? { Handled: handled } : {}),
        ...(parked > 0 ? { Parked: parked } : {}),
        ...(over ? { Windows: 1 } : {}),
        ...(endedEarly ? { EndedEarly: 1 } : {}),
      },
    );
    measureFailures(parked);
    // The first record of this part of the window names the part, should it end early.
    return { state: { value: state, ...(first === undefined ? {} : { first }) }, batchItemFailures: [] };
  };
}

function attempt<T>(work: () => T): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly detail: string } {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, detail: describeError(error) };
  }
}
