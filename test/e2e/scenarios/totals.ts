import { expect } from 'vitest';
import { countTables } from '../../../examples/globalair/start/count.ts';
import { scan } from '../airline.ts';
import { depth, QUEUES } from '../queues.ts';
import type { World } from '../world.ts';
import { type Scenario, scenario } from './scenario.ts';

const POINTS_A_SEAT = 100;

export const totalScenarios: readonly Scenario[] = [
  scenario('after all of it the tables add up: nothing is lost, nothing has happened twice', async (world) => {
    await world
      .eventually('every booking is decided, and everybody was told', async () => {
        const { counted, expected } = await totals(world);
        return JSON.stringify(counted) === JSON.stringify(expected) ? true : undefined;
      })
      .catch(() => {}); // What is missing is better said by comparing.
    const { counted, expected } = await totals(world);
    expect(counted).toEqual(expected);
  }),
];

/** What the services hold, and what it must be, going by the bookings themselves. */
async function totals(world: World): Promise<{ counted: Record<string, number>; expected: Record<string, number> }> {
  const counts = await countTables(world.aws.dynamodb, world.outputs);
  const members = await scan(world, 'MembersTable');
  const analytics = await scan(world, 'AnalyticsTable');
  let waiting = 0;
  for (const queue of QUEUES) waiting += await depth(world, queue);
  const { confirmed, seatsConfirmed } = counts;
  const rejected = Object.values(counts.rejected).reduce((sum, count) => sum + count, 0);
  return {
    counted: {
      undecided: counts.undecided,
      pendingEvents: counts.pendingEvents,
      waiting,
      decided: confirmed + rejected,
      seatsTaken: counts.seatsTaken,
      paymentsHeld: counts.paymentsHeld,
      points: counts.points,
      mails: counts.mails,
      rejectionMails: counts.rejectionMails,
      memberBookings: sum(members, 'bookings'),
      memberSeats: sum(members, 'seats'),
      analyticsConfirmed: sum(analytics, 'confirmed'),
      analyticsRejected: sum(analytics, 'rejected'),
    },
    expected: {
      undecided: 0,
      pendingEvents: 0,
      waiting: 0,
      decided: counts.requested,
      seatsTaken: seatsConfirmed,
      paymentsHeld: confirmed,
      points: POINTS_A_SEAT * seatsConfirmed,
      mails: confirmed,
      rejectionMails: rejected,
      memberBookings: confirmed,
      memberSeats: seatsConfirmed,
      analyticsConfirmed: confirmed,
      analyticsRejected: rejected,
    },
  };
}

function sum(items: readonly Readonly<Record<string, unknown>>[], attribute: string): number {
  return items.reduce((total, item) => total + Number(item[attribute] ?? 0), 0);
}
