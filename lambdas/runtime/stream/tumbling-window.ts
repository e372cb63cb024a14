import type { Context, KinesisStreamEvent } from 'aws-lambda';
import type { Envelope, EventContract, EventOf } from '../../contracts/index.ts';
import { unwrap } from '../consumer/body.ts';
import { parkedMessage } from '../consumer/park.ts';
import { readEvent } from '../consumer/when.ts';
import { documentClient, ENVIRONMENT, type Log, log, measure, requireVariable } from '../context/index.ts';
import { transact } from '../inbox/transact.ts';
import { parkWrite } from '../parking/store.ts';

/** A window of one shard. */
export interface StreamWindow {
  /** RFC 3339. */
  readonly start: string;
  readonly end: string;
  readonly shardId: string;
  /** The same for every try of closing this window of this shard. */
  readonly key: string;
}

export interface TumblingWindowOptions<State, C extends EventContract> {
  /** What is aggregated. Records of other types are passed over. */
  readonly on: C;
  /** The aggregate of no events. */
  readonly initial: State;
  /** Adds one event. Pure: a batch that fails is added again to the state from before it. */
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
 * A record that cannot be read is parked. The state may grow to 1 MB.
 */
export function tumblingWindow<State, C extends EventContract>(
  options: TumblingWindowOptions<State, C>,
): (event: WindowedEvent, context: Context) => Promise<WindowResponse> {
  const rule = { contract: options.on as EventContract, add: (state: State, event: Envelope) => options.add(state, event as EventOf<C>) };
  return async (event, context) => {
    const name = options.name ?? requireVariable(ENVIRONMENT.consumer, 'EventStream.addConsumer sets it on its handler.');
    const lines = log({ consumer: name, requestId: context.awsRequestId });
    let state = 'value' in event.state ? (event.state.value as State) : options.initial;
    let handled = 0;
    let parked = 0;
    for (const record of event.Records ?? []) {
      const body = Buffer.from(record.kinesis.data, 'base64').toString('utf8');
      const reading = readEvent(unwrap(body), [rule]);
      if (reading.kind === 'event') {
        state = reading.registration.add(state, reading.event);
        handled += 1;
      } else if (reading.kind !== 'other') {
        const entry = parkedMessage(`stream#${name}`, { body, origin: record.eventID }, reading, reading.kind, reading.detail, Date.now());
        await transact(documentClient(), [parkWrite(requireVariable(ENVIRONMENT.parkingTable, 'EventStream.addConsumer sets it.'), entry)]);
        lines.warn('Parked a record', { origin: record.eventID, reason: reading.kind, detail: reading.detail });
        parked += 1;
      }
    }
    if (event.isFinalInvokeForWindow) {
      const { start, end } = event.window;
      await options.close(state, { start, end, shardId: event.shardId, key: `${event.shardId}/${start}` }, { log: lines });
    }
    measure(
      { consumer: name },
      {
        ...(handled > 0 ? { Handled: handled } : {}),
        ...(parked > 0 ? { Parked: parked } : {}),
        ...(event.isFinalInvokeForWindow ? { Windows: 1 } : {}),
      },
    );
    return { state: { value: state }, batchItemFailures: [] };
  };
}
