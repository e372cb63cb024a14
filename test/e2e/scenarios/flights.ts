import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { expect } from 'vitest';
import { readFlights } from '../../../examples/globalair/flights/dataset.ts';
import { countDeparture, type Departures, delayedShare, meanDelay, windowStart } from '../../../examples/globalair/flights/departures.ts';
import { capacityOf } from '../../../examples/globalair/flights/flight-id.ts';
import { flightRecords } from '../../../examples/globalair/flights/ingest.ts';
import { customer, flightIds, named, scan } from '../airline.ts';
import type { World } from '../world.ts';
import { type Scenario, scenario } from './scenario.ts';

interface Departure {
  readonly flightId: string;
  readonly origin: string;
  readonly scheduled: string;
  readonly delay: number;
}

/** The departures of the data set, by airport: what the boards must come to. */
export async function departures(): Promise<Map<string, Departure[]>> {
  const toRecord = flightRecords(() => 0);
  const byOrigin = new Map<string, Departure[]>();
  for (const row of await readFlights('2k')) {
    const { data } = toRecord(row).payload as { data: Departure };
    byOrigin.set(data.origin, [...(byOrigin.get(data.origin) ?? []), data]);
  }
  return byOrigin;
}

async function board(world: World, code: string) {
  const { status, body } = await world.request('GET', `/airports/${code}`);
  return status === 200 ? body : undefined;
}

/** The code of an airport that no flight has left from yet. */
async function newAirport(world: World): Promise<string> {
  for (;;) {
    const two = Math.floor(Math.random() * 36 ** 2);
    const code = `Z${two.toString(36).toUpperCase().padStart(2, '0')}`;
    if ((await board(world, code)) === undefined) return code;
  }
}

export const flightScenarios: readonly Scenario[] = [
  scenario('2,000 flights are on the boards, each once, in their windows', async (world) => {
    const expected = await departures();
    let onBoards = 0;
    for (const [airport, flights] of expected) {
      const total = flights.reduce<Departures | undefined>((sum, { delay }) => countDeparture(sum, delay), undefined) as Departures;
      const seen = await world.eventually(`the board of ${airport}`, async () => {
        const body = await board(world, airport);
        if (!body || body.departures < flights.length) return undefined;
        // Rows are written one by one: the totals may be there before the last window.
        const inWindows = body.windows.reduce((sum: number, window: Departures) => sum + window.departures, 0);
        return inWindows >= flights.length ? body : undefined;
      });
      expect(seen).toMatchObject({ airport, departures: total.departures, delayed: total.delayed, maxDelay: total.maxDelay });
      expect(seen.meanDelay).toBeCloseTo(meanDelay(total), 9);
      expect(seen.delayedShare).toBeCloseTo(delayedShare(total), 9);

      const windows = new Map<string, Departures>();
      for (const { scheduled, delay } of flights)
        windows.set(windowStart(scheduled), countDeparture(windows.get(windowStart(scheduled)), delay));
      const starts = [...windows.keys()].sort();
      expect(seen.windows.map((window: { start: string }) => window.start)).toEqual(starts);
      for (const window of seen.windows) {
        const counted = windows.get(window.start) as Departures;
        expect(window).toMatchObject({ departures: counted.departures, delayed: counted.delayed, maxDelay: counted.maxDelay });
        expect(window.meanDelay).toBeCloseTo(meanDelay(counted), 9);
      }
      onBoards += seen.departures;
    }
    expect(onBoards).toBe(2_000);
  }),

  scenario('flights are found by id and by origin, page by page', async (world) => {
    const ids = await flightIds();
    const origin = 'SFO';
    const expected = ids.filter((id) => id.startsWith(`${origin}-`)).sort();
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { status, body } = await world.request(
        'GET',
        `/flights?origin=${origin}&limit=7${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      );
      expect(status).toBe(200);
      expect(body.flights.length).toBeLessThanOrEqual(7);
      found.push(...body.flights.map((flight: { flightId: string }) => flight.flightId));
      cursor = body.cursor;
    } while (cursor);
    expect(found.sort()).toEqual(expected);
    const id = expected[0] as string;
    const { body } = await world.request('GET', `/flights/${id}`);
    expect(body).toMatchObject({ flightId: id, origin, destination: id.slice(4, 7), capacity: capacityOf(id) });
    expect(body.seatsTaken).toBeGreaterThanOrEqual(0);
  }),

  scenario('a bad flight record is set aside with its payload; the flights behind it come through', async (world) => {
    const airport = await newAirport(world);
    const toRecord = flightRecords(() => Date.now());
    const good = (minute: number) => {
      const row = { date: `2001/01/01 06:${minute}`, delay: 20, distance: 100, origin: airport, destination: 'SFO' };
      return JSON.stringify(toRecord(row).payload);
    };
    const poison = `{"no flight": "${customer()}"`;
    // Made in this order: each takes the next place in the airport's sequence.
    const [first, middle, last] = [good(10), good(11), good(12)];
    const lies = JSON.parse(middle);
    for (const data of [first, poison, JSON.stringify({ ...lies, data: { ...lies.data, delay: 'late' } }), last]) {
      await world.aws.kinesis.send(
        new PutRecordCommand({ StreamName: named(world, 'FlightStream'), PartitionKey: airport, Data: Buffer.from(data) }),
      );
    }
    const seen = await world.eventually(`the board of ${airport}`, async () => {
      const body = await board(world, airport);
      return body?.departures === 2 ? body : undefined;
    });
    expect(seen).toMatchObject({ departures: 2, delayed: 2, maxDelay: 20 });
    await world.eventually('both bad records are parked with their payload and a reason', async () => {
      const parked = (await scan(world, 'ParkingTable')).filter((item) => typeof item.reason === 'string' && item.reason !== '');
      const payloads = parked.map((item) => String(item.payload));
      return payloads.some((payload) => payload.includes(poison)) &&
        payloads.some((payload) => payload.includes(`"${airport}"`) && payload.includes('late'))
        ? true
        : undefined;
    });
  }),
];
