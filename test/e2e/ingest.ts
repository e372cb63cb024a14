import { readFlights } from '../../examples/globalair/flights/dataset.ts';
import { flightRecords } from '../../examples/globalair/flights/ingest.ts';
import { eventStream } from '../../lambdas/runtime/stream/index.ts';
import { named } from './airline.ts';
import type { World } from './world.ts';

/** Puts the 2,000 flights of the data set on the stream. */
export async function ingestFlights(world: World): Promise<void> {
  const toRecord = flightRecords(() => Date.now());
  const stream = eventStream({ stream: named(world, 'FlightStream'), client: world.aws.kinesis });
  const records = (await readFlights('2k')).map(toRecord);
  const { failed } = await stream.put(records.map(({ partitionKey, payload }) => ({ partitionKey, data: JSON.stringify(payload) })));
  if (failed[0]) throw new Error(`${failed.length} flights are not on the stream: ${failed[0].message}`);
}
