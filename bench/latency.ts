import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LocalCloud } from 'millrace/local';
import { outbox } from 'millrace/runtime';
import { type Booking, requested } from '../examples/globalair/booking/booking.ts';
import { BookingConfirmed } from '../examples/globalair/booking/events.ts';
import { globalAir } from './assembly.ts';
import { type Bench, median } from './figure.ts';

/** The functions that hear of a confirmed booking: mail, memberships, counts. */
const CONSUMERS = ['SendMail', 'CountMembers', 'CountBookings'];

/** How soon the last consumer of an event is done with it. */
export const latency: Bench = {
  name: 'From commit to the last consumer',
  about:
    'outbox, relay, bus, topic, three queues and consumers, in real time, one event at a time, warm. AWS itself is slower; this says nothing of it.',
  async run({ quick }) {
    const cloud = await LocalCloud.fromAssembly(globalAir(), { time: 'real' });
    const names = CONSUMERS.map((id) => functionName(cloud, id));
    const waiting = new Set<string>();
    let done: () => void = () => undefined;
    cloud.services.lambda.watch(({ functionName: name }) => {
      if (waiting.delete(name) && waiting.size === 0) done();
    });
    process.env.MILLRACE_OUTBOX_TABLE = cloud.outputs.BookingsTable;
    const client = DynamoDBDocumentClient.from(cloud.client(new DynamoDBClient({})));
    const bookings = outbox<Booking>({ source: 'globalair.bookings', client });

    const once = async (): Promise<number> => {
      const bookingId = randomUUID();
      const data = { bookingId, customerId: `customer-${bookingId}`, flightId: 'SFO-LAX-20010101-0655', seats: 1 };
      for (const name of names) waiting.add(name);
      const heard = new Promise<void>((resolve) => {
        done = resolve;
      });
      const start = performance.now();
      const result = await bookings.commit({
        id: bookingId,
        expected: 'new',
        state: requested(bookingId, data, new Date().toISOString()),
        events: [BookingConfirmed.draft({ ...data, ticketNumber: 't' })],
        correlation: { correlationid: bookingId },
      });
      if (!result.ok) throw new Error(`The commit was refused: ${result.reason}.`);
      await heard;
      return performance.now() - start;
    };
    for (let round = 0; round < 5; round += 1) await once();
    const times: number[] = [];
    for (let round = 0; round < (quick ? 15 : 100); round += 1) times.push(await once());
    await cloud.settle();
    await cloud.stop();
    return [
      { what: `median of ${times.length}`, value: median(times), unit: 'ms', budget: 50 },
      { what: 'the slowest', value: Math.max(...times), unit: 'ms' },
    ];
  },
};

function functionName(cloud: LocalCloud, id: string): string {
  const found = cloud.resources.find(({ type, path }) => type === 'AWS::Lambda::Function' && path.includes(`/${id}/`));
  if (!found) throw new Error(`GlobalAir has no function ${id}.`);
  return found.ref;
}
