import { randomUUID } from 'node:crypto';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { DatasetSize } from '../../examples/globalair/flights/dataset.ts';
import { readFlights } from '../../examples/globalair/flights/dataset.ts';
import { capacityOf } from '../../examples/globalair/flights/flight-id.ts';
import { flightRecords } from '../../examples/globalair/flights/ingest.ts';
import { noteBooking } from './booked-by.ts';
import type { World } from './world.ts';

export interface BookingBody {
  readonly customerId: string;
  readonly flightId: string;
  readonly seats: number;
  readonly paymentToken: string;
}

/** Flights of the data, by id, each handed out once: scenarios must not share the seats of a flight. */
export async function flightIds(size: DatasetSize = '2k'): Promise<string[]> {
  const toRecord = flightRecords(() => 0);
  return (await readFlights(size)).map((row) => (toRecord(row).payload as { data: { flightId: string } }).data.flightId);
}

const allIds = flightIds();
let handedOut = 0;
let avoided: ReadonlySet<string> = new Set();

/** Takes flights that are booked already out of those to be handed out. */
export function avoidFlights(ids: Iterable<string>): void {
  avoided = new Set(ids);
}

/** A flight that no other scenario books. @param fits what its number of seats must be. @default any */
export async function freshFlight(fits: (capacity: number) => boolean = () => true): Promise<string> {
  const ids = await allIds;
  for (;;) {
    const id = ids[ids.length - 1 - handedOut++];
    if (id === undefined) throw new Error('No flight is left.');
    if (fits(capacityOf(id)) && !avoided.has(id)) return id;
  }
}

export function customer(name = 'customer'): string {
  return `${name}-${randomUUID()}`;
}

/** Books, and expects 202 and a Location. @returns the booking's id */
export async function book(world: World, body: BookingBody, key: string = randomUUID()): Promise<string> {
  const answer = await world.request('POST', '/bookings', { body, headers: { 'Idempotency-Key': key } });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 202, body: { status: 'requested' } });
  expect(answer.headers.location).toBe(`/v1/bookings/${answer.body.bookingId}`);
  const { bookingId } = answer.body as { bookingId: string };
  noteBooking(bookingId);
  return bookingId;
}

/** Waits until a booking is decided. */
export async function decided(world: World, bookingId: string): Promise<{ status: string; reason?: string; history: { type: string }[] }> {
  return world.eventually(`booking ${bookingId} is decided`, async () => {
    const { status, body } = await world.request('GET', `/bookings/${bookingId}`);
    expect(status).toBe(200);
    return body.status === 'requested' ? undefined : body;
  });
}

export async function seatsTaken(world: World, flightId: string): Promise<number> {
  const { body } = await world.request('GET', `/flights/${flightId}`);
  return body.seatsTaken as number;
}

/** Points of a customer; 0 when the programme does not know him. */
export async function points(world: World, customerId: string): Promise<number> {
  const { status, body } = await world.request('GET', `/customers/${customerId}/points`);
  return status === 404 ? 0 : (body.points as number);
}

/** Mails about a booking, oldest first. */
export async function mails(world: World, bookingId: string): Promise<{ to: string; what: string; when: string }[]> {
  const items = await scan(world, 'MailTable');
  return items.filter((item) => item.bookingId === bookingId) as { to: string; what: string; when: string }[];
}

/** The card network's record of a booking. */
export async function payments(world: World, bookingId: string): Promise<Record<string, unknown>[]> {
  const items = await scan(world, 'PaymentsTable');
  return items.filter((item) => item.bookingId === bookingId);
}

export async function scan(world: World, output: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await world.aws.dynamodb.send(
      new ScanCommand({ TableName: named(world, output), ConsistentRead: true, ...(start ? { ExclusiveStartKey: start } : {}) }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

export async function getItem(world: World, output: string, key: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
  const { Item } = await world.aws.dynamodb.send(new GetCommand({ TableName: named(world, output), Key: key, ConsistentRead: true }));
  return Item;
}

/** The value of a stack output. */
export function named(world: World, output: string): string {
  const value = world.outputs[output];
  if (value === undefined) throw new Error(`The stack has no output '${output}'. It has ${Object.keys(world.outputs).join(', ')}.`);
  return value;
}
