import { batchGet } from '../inbox/batch-get.ts';
import { eventKeyOf, isHandled, markerKey, markHandled } from '../inbox/records.ts';
import type { ById } from '../inbox/strategy.ts';
import type { ParkingReason } from '../parking/parked.ts';
import { apply } from './apply.ts';
import type { Arrival } from './lanes.ts';
import { comesAgain, type Outcome } from './outcome.ts';
import { describeError } from './park.ts';
import { parkAlone } from './park-alone.ts';
import type { ConsumerParts } from './parts.ts';
import { patience } from './patience.ts';

/** Names those events of a batch that were handled before. */
export async function handledBefore(parts: ConsumerParts, arrivals: readonly Arrival[]): Promise<Set<string>> {
  const names = new Map<string, string>();
  for (const { reading } of arrivals)
    if (reading.kind === 'event') names.set(String(markerKey(parts.name, reading.event).pk), eventKeyOf(reading.event));
  const items = await batchGet(
    parts.client,
    parts.inboxTable,
    [...names.keys()].map((pk) => ({ pk })),
  );
  return new Set(items.filter((item) => isHandled(item, Date.now())).map((item) => names.get(String(item.pk)) ?? ''));
}

/** Handles one message whose event is remembered by its id. */
export async function handleById(parts: ConsumerParts, arrival: Arrival, strategy: ById, handled: Set<string>): Promise<Outcome> {
  const { delivery, reading } = arrival;
  const park = (reason: ParkingReason, detail: string): Promise<Outcome> => parkAlone(parts, arrival, reason, detail);
  if (reading.kind === 'other') return { kind: 'ignored' };
  if (reading.kind !== 'event') return park(reading.kind, reading.detail);
  if (handled.has(eventKeyOf(reading.event))) return { kind: 'duplicate' };
  const marker = markHandled(parts.inboxTable, parts.name, reading.event, strategy, Date.now());
  const applied = await apply(parts, reading, { with: (effects) => [marker, ...effects], moved: () => true }, delivery.receives);
  switch (applied.kind) {
    case 'done':
      handled.add(eventKeyOf(reading.event));
      return { kind: 'handled' };
    case 'inbox':
      return { kind: 'duplicate' };
    case 'refused':
      return park('refused', applied.detail);
    case 'failing': {
      const limit = parts.failing === 'dead-letter' ? Number.POSITIVE_INFINITY : parts.maxReceives;
      const next = patience(delivery.receives, limit, Math.random());
      return next.kind === 'park' ? park('failing', describeError(applied.error)) : { kind: 'failed', afterSeconds: next.afterSeconds };
    }
  }
}

/** Handles a lane in order; a failure in a FIFO group sends back what follows it. */
export async function runLane(
  lane: { readonly arrivals: readonly Arrival[]; readonly stopsOnFailure: boolean },
  handle: (arrival: Arrival) => Promise<Outcome>,
  settled: (arrival: Arrival, outcome: Outcome) => void,
): Promise<void> {
  let stopped: Outcome | undefined;
  for (const arrival of lane.arrivals) {
    const outcome = stopped ?? (await handle(arrival));
    settled(arrival, outcome);
    if (lane.stopsOnFailure && comesAgain(outcome)) stopped = outcome;
  }
}
