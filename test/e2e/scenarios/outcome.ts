import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Outcomes, outcomes } from '../outcomes.ts';
import { type Scenario, scenario } from './scenario.ts';

/** What every scenario leaves behind. `UPDATE_OUTCOMES=1 npx vitest run test/e2e/local.test.ts` writes it anew. */
const FILE = new URL('../outcomes.json', import.meta.url);

/** Comes last: it compares what the scenarios before it left behind with what they leave on every other target. */
export function outcomeScenario(asked: (target: string) => readonly Scenario[]): Scenario {
  return scenario('every scenario left the same behind as everywhere else', async (world) => {
    const left = await outcomes(world);
    if (process.env.UPDATE_OUTCOMES && world.target === 'local') writeFileSync(FILE, `${JSON.stringify(left, undefined, 2)}\n`);
    const names = new Set(asked(world.target).map(({ name }) => name));
    const everywhere = JSON.parse(readFileSync(FILE, 'utf8')) as Outcomes;
    const scenarios = Object.fromEntries(Object.entries(everywhere.scenarios).filter(([name]) => names.has(name)));
    expect(left).toEqual({ ...everywhere, scenarios });
  });
}
