import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../../test/e2e/endpoint-world.ts';
import { CACHE } from '../place/cdk.ts';
import { deploy, destroy } from '../place/deployment.ts';
import { readOutputs } from '../place/outputs.ts';
import type { EndpointPlace } from '../place/place.ts';
import { runSuite, type SuiteResult } from '../suite/run-suite.ts';
import { startChaos } from './chaos.ts';
import type { Engine, RunningEngine } from './engine.ts';
import { leftovers } from './leftovers.ts';

const REGION = 'us-east-1';
/** A function that dies leaves its messages to the visibility timeout, at most 120 s here; some die twice. */
const PATIENCE_UNDER_CHAOS = 300;

/** What came of an engine: its runs, and the steps around them that failed. */
export interface EngineResult {
  readonly target: string;
  readonly seconds: Readonly<Record<string, number>>;
  readonly runs: readonly SuiteResult[];
  /** Functions killed during the second run. */
  readonly killed: number;
  readonly faults: readonly string[];
}

/**
 * Starts an engine, deploys GlobalAir, runs the suite, runs it again while functions are killed, destroys, and stops the engine, whatever
 * fails before. The result is also written to `.cache/engine-NAME.json`.
 *
 * @param say progress, a line at a time
 */
export async function checkEngine(engine: Engine, say: (line: string) => void): Promise<EngineResult> {
  const { target } = engine;
  const log = join(CACHE, `engine-${target}.log`);
  rmSync(log, { force: true });
  const seconds: Record<string, number> = {};
  const faults: string[] = [];
  const runs: SuiteResult[] = [];
  let killed = 0;
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T | undefined> => {
    const began = Date.now();
    try {
      return await work();
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`);
      return undefined;
    } finally {
      seconds[name] = Math.round((Date.now() - began) / 1_000);
      say(`${target}: ${name} took ${seconds[name]} s`);
    }
  };

  const running = await step('start', () => engine.start());
  if (running) {
    const stopOnSignal = stopWith(running, say);
    const place: EndpointPlace = { kind: 'endpoint', endpoint: running.endpoint, target, region: REGION };
    const outputs = `.cache/outputs-${target}.json`;
    const deployed = await step('deploy', async () => {
      await deploy(place, outputs, log);
      return true;
    });
    if (deployed) {
      const deployment: Deployment = { target, endpoint: running.endpoint, region: REGION, outputs: readOutputs(outputs) };
      await step('suite', async () => runs.push(await runSuite(target, deployment)));
      await step('suite while functions are killed', async () => {
        const chaos = startChaos(running);
        try {
          const name = `${target}, functions killed`;
          runs.push(await runSuite(name, { ...deployment, unreliable: true, patience: PATIENCE_UNDER_CHAOS }));
        } finally {
          killed = await chaos.stop();
        }
        if (killed === 0) throw new Error('No function was killed: the run shows nothing.');
      });
      await step('destroy', async () => {
        await destroy(place, log);
        const left = await leftovers(place);
        if (left.length > 0) throw new Error(`The stack left behind: ${left.join(', ')}.`);
      });
    }
    await step('stop', () => running.stop());
    stopOnSignal.forget();
  }
  const result: EngineResult = { target, seconds, runs, killed, faults };
  writeFileSync(join(CACHE, `engine-${target}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
  return result;
}

/** Has the engine stopped when this process is told to end. */
function stopWith(running: RunningEngine, say: (line: string) => void): { forget(): void } {
  const end = (signal: NodeJS.Signals): void => {
    say(`${signal}: stopping the engine`);
    void running.stop().finally(() => process.exit(1));
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  return { forget: () => void process.off('SIGINT', end).off('SIGTERM', end) };
}
