import type { TargetName } from '../../lib/targets/target.ts';

/** An engine that can be started here. */
export interface Engine {
  readonly target: TargetName;
  /** How it is run: `process` or `docker`. */
  readonly by: string;
  /** Starts it with empty state. @throws EngineMissingError when this machine lacks something for it */
  start(): Promise<RunningEngine>;
}

export interface RunningEngine {
  readonly endpoint: string;
  /** Ends one function that was working just now, without warning. @returns false when none was */
  killFunction(): Promise<boolean>;
  stop(): Promise<void>;
}

/** The engine can't be started on this machine; the message says what is missing. */
export class EngineMissingError extends Error {
  override readonly name = 'EngineMissingError';
  readonly code = 'EngineMissing';
}
