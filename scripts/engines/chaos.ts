import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningEngine } from './engine.ts';

/** Between two kills, in milliseconds. */
export interface Pause {
  readonly shortest: number;
  readonly longest: number;
}

const PAUSE: Pause = { shortest: 500, longest: 2_000 };

/** Something that kills functions while they work, until it is stopped. */
export interface Chaos {
  /** @returns how many were killed */
  stop(): Promise<number>;
}

/** Kills one working function after another, at random. */
export function startChaos(engine: Pick<RunningEngine, 'killFunction'>, { shortest, longest }: Pause = PAUSE): Chaos {
  const stopped = new AbortController();
  let killed = 0;
  const work = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const pause = shortest + Math.random() * (longest - shortest);
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
