import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { LocalCloud } from 'millrace/local';
import { eventStream } from 'millrace/runtime';
import type { DatasetSize } from '../examples/globalair/flights/dataset.ts';
import { readFlights } from '../examples/globalair/flights/dataset.ts';
import { windowStart } from '../examples/globalair/flights/departures.ts';
import { flightRecords, type StreamRecord } from '../examples/globalair/flights/ingest.ts';
import { flightKey, totalsKey, windowKey } from '../examples/globalair/flights/read-model.ts';
import { globalAir } from './assembly.ts';
import { type Bench, type Figure, timed } from './figure.ts';

/** Records that a second of virtual time brings: what the four shards take. */
const CHUNK = 2_000;

interface Run {
  readonly perSecond: number;
  readonly unitsEach: number;
}

/** What a flight record costs on its way to the airport boards. */
export const flights: Bench = {
  name: 'Flights through stream and projection',
  about:
    'on virtual time, from PutRecords to the last row. Opponent: one UpdateItem for each of the three rows of a flight, which counts twice what comes twice. Not measured: AWS.',
  async run() {
    // The first run compiles, and would be compared with runs that need not.
    await project('2k');
    const [few, many] = [await project('2k'), await project('10k')];
    const naive = await updateEach('2k');
    const figures = (size: string, { perSecond, unitsEach }: Run): Figure[] => [
      {
        what: `${size} flights`,
        value: perSecond,
        unit: 'flights/s',
        beside: { what: 'an UpdateItem for each row', times: perSecond / naive.perSecond },
      },
      {
        what: `${size} flights, write units of a flight`,
        value: unitsEach,
        unit: 'WCU',
        budget: naive.unitsEach,
        deterministic: true,
        beside: { what: 'an UpdateItem for each row', times: unitsEach / naive.unitsEach },
      },
    ];
    return [
      ...figures('2,000', few),
      ...figures('10,000', many),
      {
        what: 'write units of a flight, 10,000 to 2,000',
        value: many.unitsEach / few.unitsEach,
        unit: '×',
        budget: 1.1,
        deterministic: true,
      },
      { what: 'time of a flight, 10,000 to 2,000', value: few.perSecond / many.perSecond, unit: '×', budget: 1.5 },
    ];
  },
};

async function project(size: DatasetSize): Promise<Run> {
  const cloud = await LocalCloud.fromAssembly(globalAir());
  const records = await recordsOf(size);
  const stream = eventStream({ stream: cloud.outputs.FlightStream ?? '', client: cloud.client(new KinesisClient({})) });
  const { ms } = await timed(async () => {
    for (let from = 0; from < records.length; from += CHUNK) {
      const chunk = records.slice(from, from + CHUNK).map(({ partitionKey, payload }) => ({ partitionKey, data: JSON.stringify(payload) }));
      const { failed } = await stream.put(chunk);
      if (failed[0]) throw new Error(`${failed.length} flights are not on the stream: ${failed[0].message}`);
      await cloud.advance({ seconds: 1 });
    }
    await cloud.settle();
  });
  const run = { perSecond: (records.length / ms) * 1_000, unitsEach: units(cloud) / records.length };
  await cloud.stop();
  return run;
}

async function updateEach(size: DatasetSize): Promise<Run> {
  const cloud = await LocalCloud.fromAssembly(globalAir());
  const client = DynamoDBDocumentClient.from(cloud.client(new DynamoDBClient({})));
  const records = await recordsOf(size);
  const { ms } = await timed(async () => {
    for (const { payload } of records) {
      if (!('id' in payload)) continue;
      const { flightId, origin, scheduled, delay } = payload.data as { flightId: string; origin: string; scheduled: string; delay: number };
      for (const Key of [totalsKey(origin), windowKey(origin, windowStart(scheduled)), flightKey(origin, flightId)]) {
        await client.send(
          new UpdateCommand({
            TableName: cloud.outputs.FlightsTable,
            Key,
            UpdateExpression: 'ADD departures :one, totalDelay :delay',
            ExpressionAttributeValues: { ':one': 1, ':delay': delay },
          }),
        );
      }
    }
  });
  const run = { perSecond: (records.length / ms) * 1_000, unitsEach: units(cloud) / records.length };
  await cloud.stop();
  return run;
}

async function recordsOf(size: DatasetSize): Promise<StreamRecord[]> {
  const toRecord = flightRecords(() => 0);
  return (await readFlights(size)).map(toRecord);
}

function units(cloud: LocalCloud): number {
  return cloud.services.dynamodb.consumed(cloud.outputs.FlightsTable ?? '').write;
}
