import type { ExecutionStatus } from '@aws-sdk/client-sfn';
import type { History } from '../interpreter/history.ts';
import type { Stop } from '../interpreter/interpreter.ts';
import type { Identity } from '../interpreter/run.ts';
import type { Revision, StateMachine } from './machine.ts';

/** One execution: what it is, how far it came, and, while it runs, how to stop it. */
export interface Execution {
  readonly identity: Identity;
  readonly machine: StateMachine;
  readonly revision: Revision;
  readonly traceHeader: string | undefined;
  status: ExecutionStatus;
  stoppedAt: number | undefined;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  history: History | undefined;
  /** Ends it from outside; undefined once it has ended. */
  stop: ((ending: Stop) => void) | undefined;
  /** Called once it has ended. */
  readonly onEnd: ((execution: Execution) => void)[];
}
