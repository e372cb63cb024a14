import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import type { Envelope } from '../../contracts/index.ts';
import { ENVIRONMENT, kinesisClient, measure, requireVariable, variable } from '../context/index.ts';
import { pause } from '../inbox/pause.ts';
import { asFailure } from '../outbox/aws-failure.ts';
import { type StreamRecord, Waves } from './waves.ts';

export interface EventStreamOptions {
  /** Which stream, when a function writes to several: the `name` that `grantWrite` was given. @default the only one */
  readonly name?: string;
  /** Name of the stream. @default what `grantWrite` of the construct set */
  readonly stream?: string;
  /** @default the client that the function instance shares */
  readonly client?: KinesisClient;
  /** Tries of one record before its key is given up. @default 10 */
  readonly tries?: number;
}

/** A record that is not on the stream, and why. Those of its key behind it were not tried. */
export interface UnpublishedRecord<R extends StreamRecord = StreamRecord> {
  readonly record: R;
  readonly code: string;
  readonly message: string;
}

export interface PublishResult<R extends StreamRecord = StreamRecord> {
  readonly published: number;
  /** In the order of each key. */
  readonly failed: readonly UnpublishedRecord<R>[];
}

export interface EventStreamWriter {
  /** Puts events on the stream, by default keyed by their subject, so that the events of a subject stay in order. */
  publish(
    events: readonly Envelope[],
    options?: { /** @default the subject */ readonly partitionKey?: (event: Envelope) => string },
  ): Promise<PublishResult>;
  /** Puts any records on the stream. */
  put<R extends StreamRecord>(records: Iterable<R>): Promise<PublishResult<R>>;
}

/**
 * Writes to a Kinesis stream with `PutRecords`. The call succeeds with failed records inside: each of them is tried again, and nothing of its
 * key is sent before it is through. One that Kinesis will never take (its key or data too long) is given up at once, and the others go on.
 *
 * @throws MissingVariableError when the function was granted no stream; whatever the call as a whole throws
 * @example
 * const { failed } = await eventStream().publish(events);
 * if (failed.length > 0) throw new Error(`${failed.length} events are not on the stream: ${failed[0]?.message}`);
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export function eventStream(options: EventStreamOptions = {}): EventStreamWriter {
  const put = async <R extends StreamRecord>(records: Iterable<R>): Promise<PublishResult<R>> => {
    const stream =
      options.stream ?? requireVariable(variable(ENVIRONMENT.stream, options.name), 'Call grantWrite on the EventStream construct.');
    const result = await putAll(options.client ?? kinesisClient(), stream, new Waves(records), options.tries ?? 10);
    const failed = result.failed.length;
    if (result.published + failed > 0) measure({ stream }, { Published: result.published, ...(failed > 0 ? { Unpublished: failed } : {}) });
    return result;
  };
  return {
    put,
    publish: (events, { partitionKey } = {}) =>
      put(events.map((event) => ({ partitionKey: partitionKey?.(event) ?? event.subject, data: JSON.stringify(event) }))),
  };
}

async function putAll<R extends StreamRecord>(
  client: KinesisClient,
  stream: string,
  waves: Waves<R>,
  tries: number,
): Promise<PublishResult<R>> {
  const tried = new Map<string, number>();
  const failed: UnpublishedRecord<R>[] = [];
  let published = 0;
  while (waves.size > 0) {
    const wave = waves.next();
    const answers = await putWave(client, stream, wave);
    let most = 0;
    wave.forEach((record, index) => {
      const entry = answers[index];
      if (entry?.SequenceNumber) {
        waves.done(record);
        tried.delete(record.partitionKey);
        published += 1;
        return;
      }
      const count = (tried.get(record.partitionKey) ?? 0) + 1;
      tried.set(record.partitionKey, count);
      most = Math.max(most, count);
      if (count < tries && !REFUSALS.has(entry?.ErrorCode ?? '')) return;
      const code = entry?.ErrorCode ?? 'NoAnswer';
      const message = entry?.ErrorMessage ?? 'Kinesis gave no result for the record.';
      for (const left of waves.drop(record.partitionKey)) failed.push({ record: left, code, message });
    });
    if (most > 0 && waves.size > 0) await pause(Math.random() * Math.min(2_000, 25 * 2 ** most));
  }
  return { published, failed };
}

/** What Kinesis answers to a call as a whole when a record in it breaks its rules. */
const REFUSALS = new Set(['ValidationException', 'InvalidArgumentException']);

/** Puts records of different keys. A call that is refused for one of them is halved until that one is alone. */
async function putWave(client: KinesisClient, stream: string, wave: readonly StreamRecord[]): Promise<readonly PutRecordsResultEntry[]> {
  try {
    const { Records = [] } = await client.send(
      new PutRecordsCommand({
        StreamName: stream,
        Records: wave.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: Buffer.from(data) })),
      }),
    );
    return wave.map((_, index) => Records[index] ?? {});
  } catch (error) {
    const { name: ErrorCode, message: ErrorMessage } = asFailure(error);
    if (!REFUSALS.has(ErrorCode)) throw error;
    if (wave.length === 1) return [{ ErrorCode, ErrorMessage }];
    const half = Math.ceil(wave.length / 2);
    return [...(await putWave(client, stream, wave.slice(0, half))), ...(await putWave(client, stream, wave.slice(half)))];
  }
}
