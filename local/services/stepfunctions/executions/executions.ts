import type { Kernel } from '../../../kernel/index.ts';
import type { Ending } from '../interpreter/interpreter.ts';
import type { Identity } from '../interpreter/run.ts';
import type { Execution } from './execution.ts';
import type { Revision, StateMachine } from './machine.ts';
import { Runner } from './runner.ts';
import { announce } from './status-events.ts';
import type { Store } from './store.ts';

/** What a new execution is to be. */
export interface Start {
  readonly machine: StateMachine;
  readonly revision: Revision;
  readonly identity: Identity;
  readonly traceHeader: string | undefined;
}

/** Starts an execution: it is there at once, and takes its first step when its turn comes. */
export function startExecution(kernel: Kernel, store: Store, start: Start): Execution {
  const execution: Execution = {
    ...start,
    status: 'RUNNING',
    stoppedAt: undefined,
    output: undefined,
    error: undefined,
    cause: undefined,
    history: undefined,
    stop: undefined,
    onEnd: [],
  };
  // Express executions can't be listed or described: they are kept while they run.
  store.executions.set(start.identity.executionArn, execution);
  if (start.machine.type === 'STANDARD') start.machine.executions.push(execution);
  start.machine.running += 1;
  const runner = new Runner(kernel, store, execution, (ending) => finish(kernel, store, execution, ending));
  announce(kernel, execution);
  kernel.after(
    0,
    () => {
      if (execution.status === 'RUNNING') runner.start();
    },
    { label: `states:${start.identity.name}` },
  );
  return execution;
}

function finish(kernel: Kernel, store: Store, execution: Execution, ending: Ending): void {
  execution.status = ending.status;
  execution.stoppedAt = kernel.now();
  if (ending.status === 'SUCCEEDED') execution.output = ending.output;
  else if (ending.status !== 'TIMED_OUT') {
    execution.error = ending.error;
    execution.cause = ending.cause;
  }
  const { machine } = execution;
  machine.running -= 1;
  if (machine.type === 'EXPRESS') store.executions.delete(execution.identity.executionArn);
  if (machine.deleting && machine.running === 0) store.machines.delete(machine.arn);
  announce(kernel, execution);
  for (const listener of execution.onEnd.splice(0)) listener(execution);
}
