import { KinesisClient } from '@aws-sdk/client-kinesis';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { LocalCloud } from 'millrace/local';
import { eventStream } from 'millrace/runtime';
import { readFlights } from '../examples/globalair/flights/dataset.ts';
import { flightRecords } from '../examples/globalair/flights/ingest.ts';
import { globalAir } from './assembly.ts';
import type { Bench } from './figure.ts';

const BOOKINGS = 50;
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem']);

/** What DynamoDB is asked for when somebody books. */
export const bookingCost: Bench = {
  name: 'A confirmed booking',
  about: `${BOOKINGS} bookings one after the other, on virtual time: saga, outbox, three consumers. Reads of the sweeper, which come every minute whatever is booked, are not counted.`,
  async run() {
    const cloud = await LocalCloud.fromAssembly(globalAir());
    const flightIds = await ingest(cloud);
    const before = writeUnits(cloud);
    let [requests, writes, invocations] = [0, 0, 0];
    const unwatch = cloud.services.lambda.watch(({ functionName }) => {
      if (!functionName.includes('Sweeper')) invocations += 1;
    });
    const stop = cloud.kernel.intercept({
      after: ({ service, operation, principal = '' }) => {
        if (service !== 'dynamodb' || principal.includes('Sweeper')) return;
        requests += 1;
        if (WRITES.has(operation)) writes += 1;
      },
    });
    for (let at = 0; at < BOOKINGS; at += 1) {
      const answer = await cloud.fetch('/v1/bookings', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `bench-${at}` },
        body: JSON.stringify({ customerId: `customer-${at}`, flightId: flightIds[at], seats: 1, paymentToken: 'tok_visa' }),
      });
      if (answer.status !== 202) throw new Error(`POST /v1/bookings was answered ${answer.status}: ${await answer.text()}`);
      await cloud.settle();
    }
    stop();
    unwatch();
    const units = writeUnits(cloud) - before;
    const transitions = await transitionsOf(cloud);
    await cloud.stop();
    return [
      { what: 'DynamoDB requests', value: requests / BOOKINGS, unit: 'a booking', budget: 24, deterministic: true },
      { what: 'of which write', value: writes / BOOKINGS, unit: 'a booking', budget: 12, deterministic: true },
      { what: 'write units', value: units / BOOKINGS, unit: 'WCU a booking', budget: 40, deterministic: true },
      { what: 'state transitions', value: transitions / BOOKINGS, unit: 'a booking', budget: 11, deterministic: true },
      { what: 'function invocations', value: invocations / BOOKINGS, unit: 'a booking', budget: 12, deterministic: true },
    ];
  },
};

async function ingest(cloud: LocalCloud): Promise<string[]> {
  const toRecord = flightRecords(() => 0);
  const records = (await readFlights('2k')).slice(0, BOOKINGS).map(toRecord);
  const stream = eventStream({ stream: cloud.outputs.FlightStream ?? '', client: cloud.client(new KinesisClient({})) });
  await stream.put(records.map(({ partitionKey, payload }) => ({ partitionKey, data: JSON.stringify(payload) })));
  await cloud.settle();
  return records.map(({ payload }) => (payload as { data: { flightId: string } }).data.flightId);
}

/** States that all executions have entered. */
async function transitionsOf(cloud: LocalCloud): Promise<number> {
  const sfn = cloud.client(new SFNClient({}));
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn: cloud.outputs.BookingSagaArn, maxResults: 1_000 }),
  );
  let entered = 0;
  for (const { executionArn } of executions) {
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }));
    entered += events.filter(({ type }) => type?.endsWith('StateEntered')).length;
  }
  return entered;
}

function writeUnits(cloud: LocalCloud): number {
  const tables = cloud.resources.filter(({ type }) => type === 'AWS::DynamoDB::Table');
  return tables.reduce((sum, { ref }) => sum + cloud.services.dynamodb.consumed(ref).write, 0);
}
