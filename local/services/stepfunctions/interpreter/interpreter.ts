import type { Definition } from '../asl/definition.ts';
import { ExecutionFault } from './failure.ts';
import type { Answer, Flow, Fork, Outcome, Request } from './flow.ts';
import { History } from './history.ts';
import { Lane } from './lane.ts';
import type { Run } from './run.ts';
import { Scope } from './scope.ts';
import { runToOutcome } from './workflow.ts';

/** What an execution needs done: it goes on when {@link Interpreter.answer} brings the answer to `id`. */
export type Command =
  | { readonly kind: 'do'; readonly id: number; readonly request: Exclude<Request, { kind: 'turn' | 'fork' }> }
  /** What `id` asked for is no longer wanted. */
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'end'; readonly ending: Ending };

/** An end that comes from outside. */
export type Stop =
  | { readonly status: 'ABORTED'; readonly error: string | undefined; readonly cause: string | undefined }
  | { readonly status: 'TIMED_OUT' };

/** How an execution ended. */
export type Ending =
  | { readonly status: 'SUCCEEDED'; readonly output: string }
  | { readonly status: 'FAILED'; readonly error: string | undefined; readonly cause: string | undefined }
  | Stop;

/** One line of control: the execution's own, or that of a branch or an iteration. */
interface Thread {
  readonly id: number;
  readonly flow: Flow<Outcome>;
  readonly lane: Lane;
  readonly parent: Group | undefined;
  /** Its place among its parent's children. */
  readonly index: number;
  /** The children that it waits for. */
  group: Group | undefined;
  done: boolean;
}

/** Children of a fork. */
interface Group {
  readonly owner: Thread;
  readonly fork: Fork;
  readonly running: Map<number, Thread>;
  next: number;
}

/**
 * Interprets one execution of a state machine: a pure machine, fed with answers, that says what is to be done.
 * It knows no clock, no network and no chance but those of its {@link Run}.
 */
export class Interpreter {
  readonly history: History;
  readonly #run: Run;
  readonly #definition: Definition;
  readonly #waiting = new Map<number, Thread>();
  readonly #ready: { readonly thread: Thread; readonly answer: Answer }[] = [];
  #commands: Command[] = [];
  readonly #lane: Lane;
  #nextId = 1;
  #ended = false;

  constructor(definition: Definition, run: Run, options: { readonly keepHistory: boolean }) {
    this.#definition = definition;
    this.#run = run;
    this.history = new History(options.keepHistory);
    const { identity, surroundings } = run;
    this.history.add('ExecutionStarted', surroundings.now(), 0, { input: identity.input.text, roleArn: identity.roleArn });
    this.#lane = new Lane({
      history: this.history,
      scope: new Scope(),
      now: () => surroundings.now(),
      language: definition.QueryLanguage ?? 'JSONPath',
      previous: 0,
    });
  }

  /** Takes the first steps. */
  start(): readonly Command[] {
    this.#begin(this.#lane, runToOutcome(this.#run, this.#lane, this.#definition, this.#run.identity.input), undefined, 0);
    return this.#work();
  }

  /** Goes on with the answer to request `id`; an answer that nobody waits for any more changes nothing. */
  answer(id: number, answer: Answer): readonly Command[] {
    const thread = this.#waiting.get(id);
    if (!thread || this.#ended) return [];
    this.#waiting.delete(id);
    this.#ready.push({ thread, answer });
    return this.#work();
  }

  /** Ends the execution from outside: somebody stopped it, or its time is over. */
  stop(ending: Stop): readonly Command[] {
    if (this.#ended) return [];
    this.#end(ending);
    return this.#take();
  }

  #begin(lane: Lane, flow: Flow<Outcome>, parent: Group | undefined, index: number): Thread {
    const thread: Thread = { id: this.#nextId, flow, lane, parent, index, group: undefined, done: false };
    this.#nextId += 1;
    this.#ready.push({ thread, answer: { kind: 'turn' } });
    return thread;
  }

  #work(): readonly Command[] {
    // First come, first served: what is ready advances one step each, so that branches run side by side.
    for (let at = 0; at < this.#ready.length && !this.#ended; at += 1) {
      const step = this.#ready[at];
      if (step && !step.thread.done) this.#advance(step.thread, step.answer);
    }
    this.#ready.length = 0;
    return this.#take();
  }

  #take(): readonly Command[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  #advance(thread: Thread, answer: Answer): void {
    try {
      const step = thread.flow.next(answer);
      if (step.done) this.#finish(thread, step.value);
      else this.#request(thread, step.value);
    } catch (fault) {
      if (fault instanceof ExecutionFault) this.#fail(thread, fault);
      else throw fault;
    }
  }

  #request(thread: Thread, request: Request): void {
    if (request.kind === 'turn') this.#ready.push({ thread, answer: { kind: 'turn' } });
    else if (request.kind === 'fork') this.#fork(thread, request.fork);
    else {
      const id = this.#nextId;
      this.#nextId += 1;
      this.#waiting.set(id, thread);
      this.#commands.push({ kind: 'do', id, request });
    }
  }

  #fork(thread: Thread, fork: Fork): void {
    const group: Group = { owner: thread, fork, running: new Map(), next: 0 };
    thread.group = group;
    while (group.next < fork.count && group.running.size < fork.limit) this.#startChild(group, undefined);
    if (group.running.size === 0) this.#join(group);
  }

  #startChild(group: Group, freed: Lane | undefined): void {
    const index = group.next;
    group.next += 1;
    const lane = group.fork.lane(index, freed);
    group.running.set(index, this.#begin(lane, group.fork.run(index, lane), group, index));
  }

  #join(group: Group): void {
    group.owner.group = undefined;
    this.#ready.push({ thread: group.owner, answer: { kind: 'joined' } });
  }

  #finish(thread: Thread, outcome: Outcome): void {
    thread.done = true;
    const group = thread.parent;
    if (!group) {
      this.#endWith(outcome);
      return;
    }
    const { index } = thread;
    group.running.delete(index);
    if (!group.fork.ended(index, thread.lane, outcome)) {
      for (const [other, child] of group.running) this.#stop(child, () => group.fork.stopped?.(other, child.lane));
      group.running.clear();
      this.#join(group);
      return;
    }
    if (group.next < group.fork.count) this.#startChild(group, thread.lane);
    else if (group.running.size === 0) this.#join(group);
  }

  /** Stops a thread and all that it forked, innermost first. */
  #stop(thread: Thread, after: () => void): void {
    const { group } = thread;
    if (group) for (const [index, child] of group.running) this.#stop(child, () => group.fork.stopped?.(index, child.lane));
    this.#drop(thread);
    thread.lane.abort();
    after();
  }

  /** Forgets a thread and what it asked for. */
  #drop(thread: Thread): void {
    thread.done = true;
    for (const [id, waiting] of this.#waiting) {
      if (waiting !== thread) continue;
      this.#waiting.delete(id);
      this.#commands.push({ kind: 'cancel', id });
    }
  }

  /** A fault ends the execution, or the child execution of a distributed Map that it happened in. */
  #fail(thread: Thread, fault: ExecutionFault): void {
    let inner = thread;
    while (inner.parent && !inner.parent.fork.contained) inner = inner.parent.owner;
    if (!inner.parent) {
      this.#lane.note('ExecutionFailed', { error: fault.error, cause: fault.reason }, thread.lane.previous);
      this.#close({ status: 'FAILED', error: fault.error, cause: fault.reason });
      return;
    }
    this.#stop(inner, () => undefined);
    this.#finish(inner, { ok: false, error: fault.error, cause: fault.reason });
  }

  #endWith(outcome: Outcome): void {
    if (!outcome.ok) this.#end({ status: 'FAILED', error: outcome.error, cause: outcome.cause });
    else this.#end({ status: 'SUCCEEDED', output: outcome.output.text });
  }

  #end(ending: Ending): void {
    const lane = this.#lane;
    switch (ending.status) {
      case 'SUCCEEDED':
        lane.record('ExecutionSucceeded', { output: ending.output });
        break;
      case 'FAILED':
        lane.record('ExecutionFailed', { error: ending.error, cause: ending.cause });
        break;
      case 'ABORTED':
        lane.note('ExecutionAborted', { error: ending.error, cause: ending.cause }, 0);
        break;
      case 'TIMED_OUT':
        lane.note('ExecutionTimedOut', { error: 'States.Timeout' }, 0);
        break;
    }
    this.#close(ending);
  }

  #close(ending: Ending): void {
    this.#ended = true;
    for (const id of this.#waiting.keys()) this.#commands.push({ kind: 'cancel', id });
    this.#waiting.clear();
    this.#commands.push({ kind: 'end', ending });
  }
}
