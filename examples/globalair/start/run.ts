import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LocalCloud, type Serving } from 'millrace/local';
import { eventStream } from 'millrace/runtime';
import { readFlights } from '../flights/dataset.ts';
import { flightRecords } from '../flights/ingest.ts';
import { book } from './book.ts';
import { countMessages, countTables } from './count.ts';
import type { StartOptions } from './options.ts';
import { progressBar } from './progress.ts';
import { type Check, checks, type Report } from './report.ts';
import { synthesize } from './synthesize.ts';
import { planBookings } from './workload.ts';

/** A run of GlobalAir that is over, and still served. */
export interface Run {
  readonly report: Report;
  readonly verdict: readonly Check[];
  readonly serving: Serving;
  /** Something to look at: the first booking, its flight and its airport. */
  readonly example: { readonly bookingId: string; readonly flightId: string; readonly airport: string };
  stop(): Promise<void>;
}

/** Records that are put on the stream at a time, so that progress can be shown. */
const CHUNK = 2_000;

/**
 * Synthesizes GlobalAir, loads it into the local cloud, serves it, ingests the flights, makes the bookings, and counts what became of them.
 *
 * @throws DatasetMissingError, ListenError
 */
export async function run(options: StartOptions, say: (line: string) => void): Promise<Run> {
  const rows = await readFlights(options.flights);
  const clock = stopwatch();
  say('Synthesizing GlobalAir …');
  const assembly = synthesize();
  const synth = clock();
  const cloud = await LocalCloud.fromAssembly(assembly.directory, { time: 'real', seed: options.seed });
  const load = clock();
  const stop = async (): Promise<void> => {
    await cloud.stop();
    assembly.remove();
  };
  try {
    const serving = await cloud.serve({ port: options.port, awsPort: options.awsPort });
    say(`API at ${serving.api.url}/v1, AWS endpoint at ${serving.aws.url}`);

    clock();
    const flightIds = await ingest(cloud, rows);
    const flights = clock();

    const plan = planBookings(flightIds, options.bookings, seeded(options.seed));
    const bar = progressBar('bookings', plan.length);
    const booked = await book(`${serving.api.url}/v1`, plan, (done) => bar.update(done));
    await cloud.settle();
    bar.stop();
    const bookings = clock();

    const dynamodb = DynamoDBDocumentClient.from(cloud.client(new DynamoDBClient({})));
    const counts = await countTables(dynamodb, cloud.outputs);
    const messages = await countMessages(cloud.client(new SQSClient({})));
    const report: Report = {
      flights: { read: rows.length, onBoards: counts.onBoards, setAside: counts.flightsSetAside },
      bookings: {
        sent: booked.sent,
        requested: counts.requested,
        confirmed: counts.confirmed,
        rejected: counts.rejected,
        duplicates: booked.sent - booked.bookingIds.size,
      },
      seatsTaken: counts.seatsTaken,
      paymentsHeld: counts.paymentsHeld,
      points: counts.points,
      mails: counts.mails,
      rejectionMails: counts.rejectionMails,
      deadLetters: messages.dead,
      parked: counts.parked,
      pending: counts.pendingEvents + counts.undecided + messages.waiting,
      milliseconds: { synth, load, flights, bookings },
    };
    const flightId = plan[0]?.body.flightId ?? flightIds[0] ?? '';
    const [bookingId = ''] = booked.bookingIds;
    return {
      report,
      verdict: checks(report, { seatsConfirmed: counts.seatsConfirmed, planned: plan.length }),
      serving,
      example: { bookingId, flightId, airport: flightId.slice(0, 3) },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Puts the rows on the stream and waits until they are projected. @returns the ids of the flights */
async function ingest(cloud: LocalCloud, rows: readonly unknown[]): Promise<string[]> {
  const stream = eventStream({ stream: cloud.outputs.FlightStream ?? '', client: cloud.client(new KinesisClient({})) });
  const toRecord = flightRecords(() => Date.now());
  const bar = progressBar('flights', rows.length);
  const flightIds: string[] = [];
  for (let from = 0; from < rows.length; from += CHUNK) {
    const records = rows.slice(from, from + CHUNK).map(toRecord);
    for (const { payload } of records) if ('id' in payload) flightIds.push((payload.data as { flightId: string }).flightId);
    const { failed } = await stream.put(records.map(({ partitionKey, payload }) => ({ partitionKey, data: JSON.stringify(payload) })));
    if (failed[0]) throw new Error(`${failed.length} flight records are not on the stream: ${failed[0].code} ${failed[0].message}`);
    bar.update(from + records.length);
  }
  await cloud.settle();
  bar.stop();
  return flightIds;
}

/** Milliseconds since the last call. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const passed = Math.round(now - last);
    last = now;
    return passed;
  };
}

/** Numbers in [0, 1) by a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
