import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningEngine } from './engine.ts';

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 2_000;

/** Something that kills functions while they work, until it is stopped. */
export interface Chaos {
  /** @returns how many were killed */
  stop(): Promise<number>;
}

/** Kills one working function after another, at random. */
export function startChaos(engine: Pick<RunningEngine, 'killFunction'>): Chaos {
  const stopped = new AbortController();
  let killed = 0;
  const work = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const pause = SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
      await sleep(pause, undefined, { signal: stopped.signal }).catch(() => {});
      if (!stopped.signal.aborted && (await engine.killFunction())) killed += 1;
    }
  };
  const done = work();
  return {
    async stop() {
      stopped.abort();
      await done;
      return killed;
    },
  };
}
