import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TargetName } from '../../lib/targets/target.ts';
import { CACHE, ROOT } from '../place/cdk.ts';
import { type Engine, EngineMissingError, type RunningEngine } from './engine.ts';
import { freePort } from './free-port.ts';
import { workingBelow } from './processes.ts';
import { run } from './run.ts';

/** Where scripts that start engines without Docker are looked for: `<engine>/start.sh CACHE_DIR PORT`, `<engine>/stop.sh CACHE_DIR`. */
const SCRIPTS = resolve(ROOT, '../shared/engines');
const START_MS = 10 * 60_000;
const STOP_MS = 60_000;
const MISSING_TOOL = 3;

/** What the processes that functions run in are called, by engine. */
const FUNCTION_PROCESS: Readonly<Partial<Record<TargetName, RegExp>>> = {
  localstack: /\bruntime\.mjs\b/,
  ministack: /\b_worker\.m?js\b/,
};

/** An engine that a script starts as processes of this machine. @returns undefined when there is no script for it */
export function scriptEngine(target: TargetName): Engine | undefined {
  const folder = join(SCRIPTS, target);
  const processes = FUNCTION_PROCESS[target];
  if (processes === undefined || !existsSync(join(folder, 'start.sh'))) return undefined;
  const cache = join(CACHE, target);
  return {
    target,
    by: 'process',
    async start(): Promise<RunningEngine> {
      const started = await run(join(folder, 'start.sh'), [cache, String(await freePort())], START_MS);
      const said = started.stderr.trim().split('\n').at(-1) ?? '';
      if (started.status === MISSING_TOOL) throw new EngineMissingError(said);
      if (started.status !== 0) throw new Error(`${target} did not start (exit code ${started.status}): ${said}`);
      const endpoint = started.stdout.trim().split('\n').at(-1) ?? '';
      const id = Number(readFileSync(join(cache, `${target}.pid`), 'utf8'));
      return {
        endpoint,
        killFunction: () => killOne(id, processes),
        async stop() {
          const stopped = await run(join(folder, 'stop.sh'), [cache], STOP_MS);
          if (stopped.status !== 0) throw new Error(`${target} did not stop: ${stopped.stderr.trim()}`);
        },
      };
    },
  };
}

async function killOne(engine: number, processes: RegExp): Promise<boolean> {
  const working = await workingBelow(engine, processes);
  const id = working[Math.floor(Math.random() * working.length)];
  if (id === undefined) return false;
  try {
    process.kill(id, 'SIGKILL');
    return true;
  } catch {
    return false; // It has ended by itself.
  }
}
