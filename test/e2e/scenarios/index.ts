import { deliveryScenarios } from './deliveries.ts';
import { flightScenarios } from './flights.ts';
import { idempotencyScenarios } from './idempotency.ts';
import { outcomeScenario } from './outcome.ts';
import { paymentScenarios } from './payments.ts';
import { requestScenarios } from './requests.ts';
import { reasonToSkip, type Scenario } from './scenario.ts';
import { seatScenarios } from './seats.ts';
import { totalScenarios } from './totals.ts';
import { workloadScenario } from './workload.ts';

export { reasonToSkip, type Scenario } from './scenario.ts';

const booking: readonly Scenario[] = [
  ...flightScenarios,
  ...paymentScenarios,
  ...idempotencyScenarios,
  ...seatScenarios,
  ...requestScenarios,
  ...deliveryScenarios,
  ...totalScenarios,
];

/** Everything that must hold of GlobalAir wherever it runs. */
export const scenarios: readonly Scenario[] = [
  ...booking,
  outcomeScenario((target) => booking.filter((scenario) => reasonToSkip(scenario, target) === undefined)),
];

/** What must hold although functions are killed while they work. */
export const chaosScenarios: readonly Scenario[] = [workloadScenario, ...flightScenarios, ...totalScenarios];
