import { TARGETS } from '../../../lib/targets/known-targets.ts';
import type { Behaviour } from '../../../lib/targets/target.ts';
import type { World } from '../world.ts';

/** One promise of GlobalAir, checked through its API and its tables wherever it is deployed. */
export interface Scenario {
  readonly name: string;
  /** What it needs beyond the resource types themselves; an endpoint that is known not to have it can't be asked. */
  readonly needs: readonly Behaviour[];
  run(world: World): Promise<void>;
}

export function scenario(name: string, run: (world: World) => Promise<void>, needs: readonly Behaviour[] = []): Scenario {
  return { name, needs, run };
}

/** Why a scenario can't be asked of a target: what the target does instead of what is needed. @default it can be */
export function reasonToSkip(scenario: Scenario, target: string): string | undefined {
  const known = Object.values(TARGETS).find(({ name }) => name === target);
  for (const need of scenario.needs) {
    const instead = known?.behaves[need];
    if (instead !== undefined) return `${known?.checkedWith ?? target} ${instead}`;
  }
  return undefined;
}
