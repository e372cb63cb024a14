import { afterAll, beforeAll, describe, it } from 'vitest';
import { runScenario } from './booked-by.ts';
import { ingestFlights } from './ingest.ts';
import { type LocalWorld, localWorld } from './local-world.ts';
import { scenarios } from './scenarios/index.ts';

describe('GlobalAir on the local cloud, in process, on virtual time', () => {
  let world: LocalWorld;
  beforeAll(async () => {
    world = await localWorld();
    await ingestFlights(world);
    await world.cloud.settle();
  }, 60_000);
  afterAll(() => world?.cloud.stop());

  for (const scenario of scenarios) it(scenario.name, () => runScenario(scenario, world), 60_000);
});
