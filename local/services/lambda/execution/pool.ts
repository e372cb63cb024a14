import type { Kernel } from '../../../kernel/index.ts';
import type { FunctionVersion } from '../functions.ts';
import { type EnvironmentOptions, ExecutionEnvironment } from './environment.ts';

/** The warm execution environments of each version of a function. The one used last is used next, as on AWS. */
export class EnvironmentPool {
  readonly #kernel: Kernel;
  readonly #options: EnvironmentOptions;
  readonly #idleLimit: number;
  readonly #idle = new Map<FunctionVersion, ExecutionEnvironment[]>();
  readonly #busy = new Set<ExecutionEnvironment>();
  readonly #retired = new WeakSet<FunctionVersion>();

  /** @param idleLimit milliseconds after which AWS takes an idle environment away */
  constructor(kernel: Kernel, options: EnvironmentOptions, idleLimit: number) {
    this.#kernel = kernel;
    this.#options = options;
    this.#idleLimit = idleLimit;
  }

  take(version: FunctionVersion): ExecutionEnvironment {
    const idle = this.#idle.get(version) ?? [];
    const oldest = this.#kernel.now() - this.#idleLimit;
    while (idle[0] && idle[0].idleSince < oldest) idle.shift()?.discard();
    const environment = idle.pop() ?? new ExecutionEnvironment(this.#kernel, version, this.#options);
    this.#busy.add(environment);
    return environment;
  }

  giveBack(environment: ExecutionEnvironment): void {
    this.#busy.delete(environment);
    if (!environment.alive) return;
    const { version } = environment;
    if (this.#retired.has(version)) {
      environment.discard();
      return;
    }
    const idle = this.#idle.get(version);
    if (idle) idle.push(environment);
    else this.#idle.set(version, [environment]);
  }

  /** Environments that run an invocation now. */
  busy(functionName: string): ExecutionEnvironment[] {
    return [...this.#busy].filter((environment) => environment.version.functionName === functionName);
  }

  /** Environments that exist, those that run something first. */
  *all(): Iterable<ExecutionEnvironment> {
    yield* this.#busy;
    for (const idle of this.#idle.values()) yield* idle;
  }

  /** Takes an environment that ended by itself out of the idle ones. */
  forget(environment: ExecutionEnvironment): void {
    const idle = this.#idle.get(environment.version);
    const at = idle?.indexOf(environment) ?? -1;
    if (at >= 0) idle?.splice(at, 1);
  }

  /** Ends the idle environments of a version that was replaced or deleted. */
  retire(version: FunctionVersion): void {
    this.#retired.add(version);
    this.#drop(version);
  }

  #drop(version: FunctionVersion): void {
    for (const environment of this.#idle.get(version) ?? []) environment.discard();
    this.#idle.delete(version);
  }

  /** Ends all idle environments of a function: its next invocations are cold. */
  cool(functionName?: string): void {
    for (const version of [...this.#idle.keys()])
      if (functionName === undefined || version.functionName === functionName) this.#drop(version);
  }
}
