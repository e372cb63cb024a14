import { LocalCloud } from 'millrace/local';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { globalAirAssembly } from './assembly.ts';
import { runScenario } from './booked-by.ts';
import { endpointWorld } from './endpoint-world.ts';
import { ingestFlights } from './ingest.ts';
import { scenarios } from './scenarios/index.ts';
import type { World } from './world.ts';

describe('GlobalAir on the local cloud, in real time, over HTTP', () => {
  let cloud: LocalCloud;
  let world: World;

  beforeAll(async () => {
    cloud = await LocalCloud.fromAssembly(globalAirAssembly(), { time: 'real' });
    const { aws } = await cloud.serve({ port: 0, awsPort: 0 });
    world = endpointWorld({ target: 'wire', endpoint: aws.url, region: 'us-east-1', outputs: cloud.outputs, patience: 30 });
    await ingestFlights(world);
  }, 60_000);

  afterAll(() => cloud?.stop());

  for (const scenario of scenarios) it(scenario.name, () => runScenario(scenario, world), 60_000);
});
