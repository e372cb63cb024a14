import type { Scenario } from './scenarios/scenario.ts';
import type { World } from './world.ts';

let running = '';
const scenarios = new Map<string, string>();

/** Runs a scenario, and keeps in mind what it books. Scenarios run one after the other. */
export async function runScenario({ name, run }: Scenario, world: World): Promise<void> {
  running = name;
  await run(world);
}

export function noteBooking(bookingId: string): void {
  scenarios.set(bookingId, running);
}

/** The scenario of this run that made a booking. */
export function scenarioOf(bookingId: string): string | undefined {
  return scenarios.get(bookingId);
}
