import { beforeAll, describe, inject, it } from 'vitest';
import { avoidFlights, scan } from './airline.ts';
import { type Deployment, endpointWorld } from './endpoint-world.ts';
import { ingestFlights } from './ingest.ts';
import { reasonToSkip, scenarios } from './scenarios/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The deployed GlobalAir that the suite is run on. */
    deployment: Deployment;
  }
}

const deployment = inject('deployment');

describe(`GlobalAir on ${deployment.target}`, () => {
  const world = endpointWorld(deployment);

  beforeAll(async () => {
    // A second run finds the bookings of the first.
    avoidFlights((await scan(world, 'AnalyticsTable')).map((item) => String(item.pk)));
    await ingestFlights(world);
  }, 120_000);

  for (const scenario of scenarios) {
    it(scenario.name, { timeout: 300_000 }, async ({ skip }) => {
      const reason = reasonToSkip(scenario, deployment.target);
      if (reason !== undefined) skip(reason);
      await scenario.run(world);
    });
  }
});
