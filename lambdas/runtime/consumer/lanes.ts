import { sequenceOf } from '../../contracts/index.ts';
import type { InboxStrategy } from '../inbox/index.ts';
import { eventKeyOf, lineOf } from '../inbox/records.ts';
import type { Delivery } from './delivery.ts';
import type { Reading } from './when.ts';

/** A message and what it says. */
export interface Arrival {
  readonly delivery: Delivery;
  readonly reading: Reading;
}

/** Messages that must be handled one after the other. Lanes are independent of each other. */
export interface Lane {
  readonly arrivals: readonly Arrival[];
  /** Whether a failure stops what follows: the group of a FIFO queue. */
  readonly stopsOnFailure: boolean;
}

/**
 * Splits a batch into lanes: the groups of a FIFO queue as they are; else the events of one subject, by sequence, so that a batch that
 * came in disorder is put in order; everything else by itself.
 */
export function lanesOf(arrivals: readonly Arrival[], strategy: InboxStrategy): Lane[] {
  const lanes = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const key = laneKey(arrival, strategy);
    const lane = lanes.get(key);
    if (lane) lane.push(arrival);
    else lanes.set(key, [arrival]);
  }
  return [...lanes.values()].map((lane) => {
    const fifo = lane[0]?.delivery.group !== undefined;
    return { arrivals: fifo ? lane : inOrder(lane), stopsOnFailure: fifo };
  });
}

function laneKey({ delivery, reading }: Arrival, strategy: InboxStrategy): string {
  if (delivery.group !== undefined) return `group ${delivery.group}`;
  if (reading.kind === 'unreadable') return `message ${delivery.messageId}`;
  return strategy.kind === 'by-id' ? `event ${eventKeyOf(reading.event)}` : `line ${lineOf(reading.event)}`;
}

function inOrder(lane: readonly Arrival[]): Arrival[] {
  const position = ({ reading }: Arrival): number => (reading.kind === 'unreadable' ? 0 : sequenceOf(reading.event));
  return [...lane].sort((a, b) => position(a) - position(b));
}
