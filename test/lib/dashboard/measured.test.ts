import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFlights } from '../../../examples/globalair/flights/dataset.ts';
import { flightRecords } from '../../../examples/globalair/flights/ingest.ts';
import { eventStream } from '../../../lambdas/runtime/stream/index.ts';
import { book, customer, decided, flightIds, named } from '../../e2e/airline.ts';
import { type LocalWorld, localWorld } from '../../e2e/local-world.ts';
import { at, list } from '../readiness/template.ts';

/** `Published outbox=GlobalAir/Bookings service=GlobalAir/Bookings`. */
function written(name: unknown, dimensions: readonly (readonly [unknown, unknown])[]): string {
  return [name, ...dimensions.map(([key, value]) => `${key}=${value}`).sort()].join(' ');
}

const dimensionsOf = (metric: string): string => metric.split(' ').slice(1).join(' ');

describe('what dashboard and alarms of GlobalAir look at', () => {
  let world: LocalWorld;
  let measured: Set<string>;
  let shown: string[];
  let watched: string[];

  beforeAll(async () => {
    world = await localWorld();
    const client = world.cloud.client(new CloudWatchClient({}));
    const stream = eventStream({ stream: named(world, 'FlightStream'), client: world.aws.kinesis });
    const toRecord = flightRecords(() => Date.now());
    await stream.put(
      (await readFlights('2k'))
        .slice(0, 5)
        .map(toRecord)
        .map(({ partitionKey, payload }) => ({ partitionKey, data: JSON.stringify(payload) })),
    );
    await world.cloud.settle();
    const [flightId = ''] = await flightIds();
    for (const paymentToken of ['tok_visa', 'tok_declined']) {
      await decided(world, await book(world, { customerId: customer(), flightId, seats: 2, paymentToken }));
    }
    await world.cloud.settle();
    await world.cloud.advance({ minutes: 2 });

    measured = new Set();
    for await (const { Metrics } of paginateListMetrics({ client }, { Namespace: 'Millrace' })) {
      for (const { MetricName, Dimensions = [] } of Metrics ?? [])
        measured.add(
          written(
            MetricName,
            Dimensions.map(({ Name, Value }) => [Name, Value]),
          ),
        );
    }
    const { DashboardEntries } = await client.send(new ListDashboardsCommand({}));
    const { DashboardBody } = await client.send(new GetDashboardCommand({ DashboardName: DashboardEntries?.[0]?.DashboardName }));
    shown = list(at(JSON.parse(DashboardBody ?? '{}'), 'widgets'))
      .flatMap((widget) => list(at(widget, 'properties', 'metrics')))
      .map(list)
      .filter(([namespace]) => namespace === 'Millrace')
      .map(([, name, ...rest]) => written(name, pairs(rest.slice(0, -1))));
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    watched = (MetricAlarms ?? [])
      .filter(({ Namespace }) => Namespace === 'Millrace')
      .map(({ MetricName, Dimensions = [] }) =>
        written(
          MetricName,
          Dimensions.map(({ Name, Value }) => [Name, Value]),
        ),
      );
  }, 120_000);
  afterAll(() => world.cloud.stop());

  it('is measured, under exactly these dimensions', () => {
    // What is measured only when something goes wrong, or comes twice, goes by the dimensions of its siblings.
    const rare = /^(Parked|Gaps|Failed|Duplicates) /;
    const known = new Set([...measured].map(dimensionsOf));
    expect(shown.length).toBeGreaterThan(15);
    expect(watched.length).toBeGreaterThan(8);
    expect(
      [...shown, ...watched].filter((metric) => (rare.test(metric) ? !known.has(dimensionsOf(metric)) : !measured.has(metric))),
    ).toEqual([]);
  });

  it('tells how the bookings go', () => {
    for (const name of ['BookingsConfirmed', 'BookingsRejected', 'SeatsSold'])
      expect(measured).toContain(`${name} service=GlobalAir/CountBookings`);
  });
});

function pairs(flat: readonly unknown[]): (readonly [unknown, unknown])[] {
  return flat.flatMap((key, index) => (index % 2 === 0 ? [[key, flat[index + 1]] as const] : []));
}
