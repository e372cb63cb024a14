import type { World } from '../world.ts';

/** One promise of GlobalAir, checked through its API and its tables wherever it is deployed. */
export interface Scenario {
  readonly name: string;
  run(world: World): Promise<void>;
}

export function scenario(name: string, run: (world: World) => Promise<void>): Scenario {
  return { name, run };
}
