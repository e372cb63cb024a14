import { AwsError, type CallContext, type Kernel, type PendingWork, type Service } from '../../kernel/index.ts';
import type { Statement } from '../../kernel/policy/index.ts';
import { roleOfAccessKey } from './access-keys.ts';
import { AsyncQueue } from './asynchronous/queue.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { EventSourceMappings } from './event-sources/mappings.ts';
import type { HttpPorts } from './execution/http-ports.ts';
import { type InvocationReport, Invoker } from './execution/invoker.ts';
import { Functions } from './functions.ts';
import { LogStore } from './logs.ts';
import { concurrencyOperations } from './operations/concurrency.ts';
import { eventInvokeOperations } from './operations/event-invoke.ts';
import { functionOperations } from './operations/functions.ts';
import { invokeOperations } from './operations/invoke.ts';
import { mappingOperations } from './operations/mappings.ts';
import type { Operation } from './operations/operation.ts';
import { permissionOperations, policyStatements } from './operations/permissions.ts';
import { urlOperations } from './operations/urls.ts';
import { versionOperations } from './operations/versions.ts';
import type { HttpPort } from './sandbox/index.ts';
import type { LambdaState } from './state.ts';
import { urlRequestOperations } from './urls/answer.ts';

export interface LambdaOptions {
  /** Answers requests that functions send to AWS themselves (bundled SDKs): the wire endpoint. @default such requests fail */
  readonly http?: HttpPort;
  /** Answers requests that functions send anywhere else. @default such requests fail, naming the function */
  readonly outbound?: HttpPort;
  /** Log lines kept for each function. @default 10,000 */
  readonly logLines?: number;
  /** Milliseconds for which an execution environment stays warm when nothing calls it. @default 10 minutes */
  readonly idleLimit?: number;
  /** Milliseconds that starting an execution environment takes, before its code is loaded. @default 0 */
  readonly coldStart?: number;
}

const operations: Readonly<Record<string, Operation>> = {
  ...functionOperations,
  ...versionOperations,
  ...permissionOperations,
  ...concurrencyOperations,
  ...eventInvokeOperations,
  ...invokeOperations,
  ...mappingOperations,
  ...urlOperations,
  ...urlRequestOperations,
};

/** AWS Lambda: runs the real bundles of Node.js functions in this process, each instance with its own module state and clock. */
export class LambdaService implements Service {
  readonly name = 'lambda';
  /** What functions wrote. */
  readonly logs: LogStore;
  readonly #state: LambdaState;
  readonly #ports: HttpPorts;

  constructor(kernel: Kernel, options: LambdaOptions = {}) {
    this.logs = new LogStore(options.logLines);
    this.#ports = { aws: options.http, outside: options.outbound };
    const functions = new Functions();
    const invoker = new Invoker(kernel, {
      ports: this.#ports,
      logs: this.logs,
      idleLimit: options.idleLimit ?? 600_000,
      coldStart: options.coldStart ?? 0,
    });
    this.#state = {
      kernel,
      functions,
      invoker,
      logs: this.logs,
      queue: new AsyncQueue(kernel, functions, this.logs),
      mappings: new EventSourceMappings({ kernel, functions, logs: this.logs }),
    };
    this.logs.subscribe(embeddedMetrics(kernel));
  }

  invoke(operation: string, input: object, context: CallContext): object | Promise<object> {
    const run = operations[operation];
    if (!run) throw new AwsError('UnknownOperationException', `The local cloud's Lambda has no operation ${operation}.`, { status: 404 });
    return run(this.#state, input, context);
  }

  policyOf(functionArn: string): readonly Statement[] {
    const [name = '', qualifier = ''] = functionArn.replace(/^arn:aws:lambda:[^:]*:\d+:function:/, '').split(':');
    const record = this.#state.functions.get(name);
    return record ? policyStatements(record.policies, qualifier, functionArn) : [];
  }

  /** Answers the requests that functions send to AWS themselves: the handler of the wire endpoint. */
  answerAws(port: HttpPort): void {
    this.#ports.aws = port;
  }

  /** Answers the requests that functions send anywhere else. */
  answerOutside(port: HttpPort): void {
    this.#ports.outside = port;
  }

  /** The role of the function that has this access key: who signed a request that came over the wire. */
  principalOf(accessKeyId: string): string | undefined {
    return roleOfAccessKey(this.#state.functions, accessKeyId);
  }

  /** Calls `watcher` with each invocation that ends; returns the function that ends it. */
  watch(watcher: (report: InvocationReport) => void): () => void {
    return this.#state.invoker.watch(watcher);
  }

  /** Takes the idle execution environments away: the next invocations are cold starts. @param functionName all functions by default */
  cool(functionName?: string): void {
    this.#state.invoker.pool.cool(functionName);
  }

  /**
   * Ends the execution environments that run a function now, as the loss of their machine would: what they did stays done,
   * what they would do next is never done, and their callers see a failed invocation.
   *
   * @returns how many invocations were ended
   */
  crash(functionName: string): number {
    const busy = this.#state.invoker.pool.busy(functionName);
    for (const environment of busy) environment.crash();
    return busy.length;
  }

  pending(): PendingWork[] {
    const { functions, invoker, queue, mappings } = this.#state;
    const running = functions
      .all()
      .map((record) => ({ resource: record.arn, what: 'running invocations', count: invoker.running(record.name) }))
      .filter((work) => work.count > 0);
    const queued = [...queue.counts()].map(([resource, count]) => ({ resource, what: 'queued asynchronous invocations', count }));
    return [...running, ...queued, ...mappings.pending()];
  }
}
