import type { Kernel, Timer } from '../../../kernel/index.ts';
import { integrationOf } from '../integrations/index.ts';
import type { Answer, Request, TaskAnswer, TaskCall } from '../interpreter/flow.ts';
import { type Command, type Ending, Interpreter } from '../interpreter/interpreter.ts';
import { isObject, Payload } from '../json.ts';
import { evaluate } from '../jsonata/evaluate.ts';
import { LIMITS } from '../limits.ts';
import type { Execution } from './execution.ts';
import { Flight } from './flight.ts';
import { jobOutput } from './job-output.ts';
import type { Store } from './store.ts';

/** What a runner needs of the kernel. */
export type RunnerKernel = Pick<Kernel, 'now' | 'random' | 'uuid' | 'schedule' | 'after' | 'call' | 'hold'>;

/** Carries out what an execution's interpreter asks for, and brings it the answers. */
export class Runner {
  readonly #kernel: RunnerKernel;
  readonly #store: Store;
  readonly #execution: Execution;
  readonly #interpreter: Interpreter;
  readonly #cancel = new Map<number, () => void>();
  readonly #flights = new Map<TaskCall, Flight>();
  readonly #timeout: Timer | undefined;
  readonly #ended: (ending: Ending) => void;

  constructor(kernel: RunnerKernel, store: Store, execution: Execution, ended: (ending: Ending) => void) {
    const express = execution.machine.type === 'EXPRESS';
    this.#kernel = kernel;
    this.#store = store;
    this.#execution = execution;
    this.#ended = ended;
    this.#interpreter = new Interpreter(
      execution.revision.definition,
      { identity: execution.identity, surroundings: kernel },
      { keepHistory: !express },
    );
    execution.history = express ? undefined : this.#interpreter.history;
    execution.stop = (ending) => this.#carryOut(this.#interpreter.stop(ending));
    const limit = timeLimit(execution);
    this.#timeout =
      limit === undefined
        ? undefined
        : kernel.after(limit, () => execution.stop?.({ status: 'TIMED_OUT' }), { label: 'execution timeout' });
  }

  start(): void {
    this.#carryOut(this.#interpreter.start());
  }

  #carryOut(commands: readonly Command[]): void {
    for (const command of commands) {
      if (command.kind === 'do') this.#perform(command.id, command.request);
      else if (command.kind === 'cancel') {
        this.#cancel.get(command.id)?.();
        this.#cancel.delete(command.id);
      } else this.#end(command.ending);
    }
  }

  #end(ending: Ending): void {
    this.#timeout?.cancel();
    this.#execution.stop = undefined;
    for (const flight of this.#flights.values()) flight.cancel();
    this.#ended(ending);
  }

  #answer(id: number, answer: Answer): void {
    this.#cancel.delete(id);
    this.#carryOut(this.#interpreter.answer(id, answer));
  }

  #perform(id: number, request: Exclude<Request, { kind: 'turn' | 'fork' }>): void {
    switch (request.kind) {
      case 'evaluate':
        this.#evaluate(id, request);
        break;
      case 'sleep': {
        const timer = this.#kernel.schedule(request.until, () => this.#answer(id, { kind: 'awake' }), { label: 'wait' });
        this.#cancel.set(id, () => timer.cancel());
        break;
      }
      case 'call':
        this.#call(id, request.call);
        break;
      case 'completion':
        this.#await(id, request.call);
        break;
    }
  }

  /** JSONata answers by promises alone, so it is done within the step; the hold says so to whoever waits for the cloud to settle. */
  #evaluate(id: number, request: Extract<Request, { kind: 'evaluate' }>): void {
    const hold = this.#kernel.hold('JSONata of a state machine');
    evaluate(request.list, request.bindings, this.#kernel)
      .then((evaluated) => this.#answer(id, { kind: 'evaluated', evaluated }))
      .catch((error: unknown) => this.#surface(error))
      .finally(() => hold.release());
  }

  #call(id: number, call: TaskCall): void {
    const flight = new Flight(call, {
      after: (ms, task) => this.#kernel.after(ms, task, { label: 'task timeout' }),
      addToken: (token, pending) => this.#store.tokens.add(token, pending),
      removeToken: (token) => this.#store.tokens.remove(token),
    });
    this.#flights.set(call, flight);
    flight.onLand(() => this.#flights.delete(call));
    flight.await((answer) => this.#answer(id, { kind: 'answered', answer }));
    this.#cancel.set(id, () => flight.cancel());
    if (call.resource.kind === 'activity') this.#offer(flight, call);
    else this.#integrate(flight, call);
  }

  #integrate(flight: Flight, call: TaskCall): void {
    const integration = integrationOf(call.resource);
    if (!integration) throw new Error(`No integration with ${call.resource.arn}.`);
    const { executionArn, stateMachineArn } = this.#execution.identity;
    const { uuid } = this.#kernel;
    const context = {
      call: (each: Parameters<Kernel['call']>[0]) => this.#kernel.call(each),
      uuid: uuid.bind(this.#kernel),
      executionArn,
      stateMachineArn,
    };
    integration(call, context)
      .then((answer) => this.#called(flight, call, answer))
      .catch((error: unknown) => this.#surface(error));
  }

  #called(flight: Flight, call: TaskCall, answer: TaskAnswer): void {
    if (call.resource.pattern === 'requestResponse' || answer.kind !== 'succeeded') {
      flight.end(answer);
      return;
    }
    if (call.resource.pattern === 'sync') this.#follow(flight, call, answer.output);
    flight.answered(answer);
  }

  #await(id: number, call: TaskCall): void {
    const flight = this.#flights.get(call);
    if (!flight) {
      this.#answer(id, { kind: 'answered', answer: { kind: 'timedOut', heartbeat: false } });
      return;
    }
    this.#cancel.set(id, () => flight.cancel());
    flight.submitted();
    flight.await((answer) => this.#answer(id, { kind: 'answered', answer }));
  }

  /** `.sync`: the task ends when the execution that it started does; if the task is given up, so is the execution. */
  #follow(flight: Flight, call: TaskCall, started: Payload): void {
    const arn = isObject(started.value) ? started.value.ExecutionArn : undefined;
    const child = typeof arn === 'string' ? this.#store.executions.get(arn) : undefined;
    if (!child) throw new Error(`The execution ${String(arn)} was started, and is not there.`);
    const parsed = call.resource.kind === 'service' && call.resource.parsed;
    const finish = (): void => {
      if (child.status === 'SUCCEEDED') flight.complete({ kind: 'succeeded', output: Payload.of(jobOutput(child, parsed)) });
      else flight.complete({ kind: 'failed', error: 'States.TaskFailed', cause: JSON.stringify(jobOutput(child, false)) });
    };
    const giveUp = (): void => child.stop?.({ status: 'ABORTED', error: undefined, cause: undefined });
    if (flight.landed) giveUp();
    else if (child.status === 'RUNNING') child.onEnd.push(finish);
    else finish();
    flight.onLand(giveUp);
  }

  #offer(flight: Flight, call: TaskCall): void {
    const activity = this.#store.activities.get(call.resource.arn);
    if (!activity) {
      const cause = `The activity ${call.resource.arn} does not exist.`;
      this.#kernel.after(0, () => flight.end({ kind: 'failed', error: 'States.Runtime', cause }));
      return;
    }
    const taken = (workerName: string | undefined): void => flight.answered({ kind: 'started', workerName });
    flight.onLand(activity.offer({ token: call.token ?? '', input: call.parameters.text, taken }));
  }

  /** A fault of the local cloud itself: thrown in a step of the kernel, which shows it. */
  #surface(error: unknown): void {
    this.#kernel.after(0, () => {
      throw error;
    });
  }
}

/** How long an execution may run: what its definition says, or five minutes for Express. */
function timeLimit(execution: Execution): number | undefined {
  const own = execution.revision.definition.TimeoutSeconds;
  const given = own === undefined ? undefined : own * 1000;
  if (execution.machine.type !== 'EXPRESS') return given;
  return Math.min(given ?? LIMITS.expressMs, LIMITS.expressMs);
}
