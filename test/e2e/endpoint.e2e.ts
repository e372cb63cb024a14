import { beforeAll, describe, inject, it } from 'vitest';
import { avoidFlights, scan } from './airline.ts';
import { runScenario } from './booked-by.ts';
import { type Deployment, endpointWorld } from './endpoint-world.ts';
import { ingestFlights } from './ingest.ts';
import { chaosScenarios, reasonToSkip, scenarios } from './scenarios/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The deployed GlobalAir that the suite is run on. */
    deployment: Deployment;
  }
}

const deployment = inject('deployment');
/** A scenario may wait for several states. */
const TIMEOUT_MS = 2_000 * (deployment.patience ?? 240);

describe(`GlobalAir on ${deployment.target}`, () => {
  const world = endpointWorld(deployment);

  beforeAll(async () => {
    // A second run finds the bookings of the first.
    avoidFlights((await scan(world, 'AnalyticsTable')).map((item) => String(item.pk)));
    await ingestFlights(world);
  }, 120_000);

  for (const scenario of deployment.unreliable ? chaosScenarios : scenarios) {
    it(scenario.name, { timeout: TIMEOUT_MS }, async ({ skip }) => {
      const reason = reasonToSkip(scenario, deployment.target);
      if (reason !== undefined) skip(reason);
      await runScenario(scenario, world).catch(rethrow);
    });
  }
});

/** Without the connection that hangs on errors of the SDK: the report would print all of it. */
function rethrow(error: Error & { $response?: unknown }): never {
  delete error.$response;
  throw error;
}
