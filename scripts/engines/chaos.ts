import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningEngine } from './engine.ts';

/** How much is killed. */
export interface Fury {
  /** Pauses between two kills, in milliseconds. */
  readonly shortest: number;
  readonly longest: number;
  /** On a machine that is slow enough nothing would ever come to its end otherwise. */
  readonly most: number;
}

const FURY: Fury = { shortest: 500, longest: 2_000, most: 60 };

/** Something that kills functions while they work, until it is stopped. */
export interface Chaos {
  /** When it kills no more. */
  readonly ended: Promise<void>;
  /** @returns how many were killed */
  stop(): Promise<number>;
}

/** Kills one working function after another, at random, until it is stopped or has killed enough. */
export function startChaos(engine: Pick<RunningEngine, 'killFunction'>, { shortest, longest, most }: Fury = FURY): Chaos {
  const stopped = new AbortController();
  let killed = 0;
  const work = async (): Promise<void> => {
    while (!stopped.signal.aborted && killed < most) {
      const pause = shortest + Math.random() * (longest - shortest);
      await sleep(pause, undefined, { signal: stopped.signal }).catch(() => {});
      if (!stopped.signal.aborted && (await engine.killFunction())) killed += 1;
    }
  };
  const ended = work();
  return {
    ended,
    async stop() {
      stopped.abort();
      await ended;
      return killed;
    },
  };
}
