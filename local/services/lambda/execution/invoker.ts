import { AwsError, type Kernel } from '../../../kernel/index.ts';
import type { FunctionRecord, FunctionVersion } from '../functions.ts';
import type { EnvironmentOptions } from './environment.ts';
import { encode, type Outcome } from './outcome.ts';
import { EnvironmentPool } from './pool.ts';
import type { InvocationRequest } from './run-handler.ts';
import { watchRejections } from './unhandled-rejections.ts';

/** Concurrent executions of an account in a Region, unless AWS raises them. */
const ACCOUNT_CONCURRENCY = 1_000;

/** One invocation that ended, for those who watch. */
export interface InvocationReport {
  readonly functionName: string;
  readonly version: string;
  readonly requestId: string;
  readonly coldStart: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly functionError: 'Unhandled' | undefined;
}

export interface InvokerOptions extends EnvironmentOptions {
  /** Milliseconds after which an idle environment is taken away. */
  readonly idleLimit: number;
  /** Milliseconds that starting an environment takes. */
  readonly coldStart: number;
}

/** Runs invocations in execution environments, within the limits of concurrency. */
export class Invoker {
  readonly pool: EnvironmentPool;
  readonly #kernel: Kernel;
  readonly #coldStart: number;
  readonly #running = new Map<string, number>();
  readonly #watchers = new Set<(report: InvocationReport) => void>();
  #runningUnreserved = 0;

  constructor(kernel: Kernel, options: InvokerOptions) {
    this.#kernel = kernel;
    this.#coldStart = options.coldStart;
    this.pool = new EnvironmentPool(kernel, options, options.idleLimit);
    watchRejections(this.rejections);
  }

  /** A promise was rejected and never handled: ends the environment whose code shows in the error's stack. */
  readonly rejections = {
    own: (reason: unknown): boolean => {
      const stack = reason instanceof Error ? (reason.stack ?? '') : '';
      for (const environment of this.pool.all()) {
        if (!environment.ownsStack(stack)) continue;
        environment.unhandledRejection(reason);
        this.pool.forget(environment);
        return true;
      }
      return false;
    },
  };

  /** Invocations of a function that run now. */
  running(functionName: string): number {
    return this.#running.get(functionName) ?? 0;
  }

  watch(watcher: (report: InvocationReport) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Starts an invocation at once.
   *
   * @param unreserved concurrency left to functions that have none reserved
   * @throws AwsError `TooManyRequestsException`
   */
  invoke(record: FunctionRecord, version: FunctionVersion, request: InvocationRequest, reservedByOthers: number): Promise<Outcome> {
    const { name, reservedConcurrency: reserved } = record;
    const running = this.running(name);
    if (reserved !== undefined && running >= reserved) throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    if (reserved === undefined && this.#runningUnreserved >= ACCOUNT_CONCURRENCY - reservedByOthers) {
      throw throttled('ConcurrentInvocationLimitExceeded');
    }
    this.#running.set(name, running + 1);
    if (reserved === undefined) this.#runningUnreserved += 1;
    return this.#run(version, request).finally(() => {
      this.#running.set(name, this.running(name) - 1);
      if (reserved === undefined) this.#runningUnreserved -= 1;
    });
  }

  async #run(version: FunctionVersion, request: InvocationRequest): Promise<Outcome> {
    const environment = this.pool.take(version);
    const startedAt = this.#kernel.now();
    const coldStart = !environment.initialised;
    const outcome = await this.#execute(environment, request, coldStart);
    this.pool.giveBack(environment);
    for (const watcher of this.#watchers) {
      watcher({
        functionName: version.functionName,
        version: version.version,
        requestId: request.requestId,
        coldStart,
        startedAt,
        endedAt: this.#kernel.now(),
        functionError: outcome.functionError,
      });
    }
    return outcome;
  }

  async #execute(environment: ReturnType<EnvironmentPool['take']>, request: InvocationRequest, coldStart: boolean): Promise<Outcome> {
    if (coldStart) {
      if (this.#coldStart > 0) {
        await new Promise<void>((resolve) => void this.#kernel.after(this.#coldStart, resolve, { label: 'cold start' }));
      }
      const failed = await environment.initialise();
      if (failed) return { payload: encode(failed), functionError: 'Unhandled', executedVersion: environment.version.version };
    }
    return await environment.invoke(request);
  }
}

function throttled(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
    status: 429,
    details: { Reason: reason, Type: 'User', retryAfterSeconds: '1' },
  });
}
