import type { Kernel } from '../../../kernel/index.ts';
import type { FunctionVersion } from '../functions.ts';
import type { LogStore } from '../logs.ts';
import { FunctionTimers, type LogLevel, loadProgram, Sandbox } from '../sandbox/index.ts';
import { Activity } from './activity.ts';
import { entryOf, findHandler, type Handler, initError, parseHandler } from './handler.ts';
import type { HttpPorts } from './http-ports.ts';
import { InstanceDirectory } from './instance-directory.ts';
import { type ErrorDocument, encode, errorDocument, type Outcome } from './outcome.ts';
import { type InvocationRequest, invocationContext, type LogPlace, runHandler } from './run-handler.ts';
import { sandboxHost } from './sandbox-host.ts';

/** The init phase has this long, whatever the function's timeout is. */
const INIT_LIMIT_MS = 10_000;
/** Largest answer of a synchronous invocation. */
const LARGEST_ANSWER = 6 * 1024 * 1024 + 100;

export interface EnvironmentOptions {
  readonly ports: HttpPorts;
  readonly logs: LogStore;
}

/** How a phase ended: with a value, with what the code threw, or cut off, with the document that says why. */
type Ended = { readonly value: unknown } | { readonly error: unknown; readonly document?: ErrorDocument };

/** Thrown by `process.exit`, so that nothing after it runs. */
class Exit extends Error {}

/**
 * One execution environment: the function's code with a module state, clock, randomness and environment of its own, which
 * serves one invocation at a time. Between invocations it is frozen. Once it is discarded, nothing its code still does has
 * any effect: its calls are never made and its promises never settle.
 */
export class ExecutionEnvironment {
  readonly version: FunctionVersion;
  /** When the last invocation ended. */
  idleSince: number;
  readonly #kernel: Kernel;
  readonly #options: EnvironmentOptions;
  readonly #activity: Activity;
  readonly #timers: FunctionTimers;
  readonly #temporary = new InstanceDirectory();
  readonly #startedAt: number;
  readonly #place: LogPlace;
  #sandbox: Sandbox | undefined;
  #handler: Handler | undefined;
  #requestId = '';
  #cutOff: ((document: ErrorDocument) => void) | undefined;

  constructor(kernel: Kernel, version: FunctionVersion, options: EnvironmentOptions) {
    this.#kernel = kernel;
    this.version = version;
    this.#options = options;
    this.#startedAt = kernel.now();
    this.idleSince = this.#startedAt;
    const { functionName } = version;
    const day = new Date(this.#startedAt).toISOString().slice(0, 10).replaceAll('-', '/');
    this.#place = {
      logGroup: version.logging.LogGroup ?? `/aws/lambda/${functionName}`,
      logStream: `${day}/[${version.version}]${kernel.uuid().replaceAll('-', '')}`,
    };
    this.#activity = new Activity(kernel, functionName);
    this.#timers = new FunctionTimers({
      kernel,
      label: `timer of ${functionName}`,
      waiting: (change) => (change > 0 ? this.#activity.begin() : this.#activity.finish()),
      failed: (error) => this.#crash(this.#documentOf(error)),
    });
  }

  /** Whether the environment can serve another invocation. */
  get alive(): boolean {
    return !this.#activity.over;
  }

  get initialised(): boolean {
    return this.#handler !== undefined;
  }

  /** Runs the function's init code. Gives the error document when that fails, with which the environment ends. */
  async initialise(): Promise<ErrorDocument | undefined> {
    const ended = await this.#phase(`init of ${this.version.functionName}`, INIT_LIMIT_MS, async () => {
      const { code, handler, runtime } = this.version;
      const program = await loadProgram(code, entryOf(code, parseHandler(handler)));
      this.#sandbox = new Sandbox(program, this.#host());
      this.#handler = findHandler(await this.#sandbox.load(), handler, runtime);
    });
    if ('value' in ended) return undefined;
    const document = ended.document ?? this.#documentOf(initError(ended.error));
    if (!ended.document) this.#log('ERROR', `Uncaught Exception ${JSON.stringify({ ...document, stack: document.trace })}`);
    this.discard();
    return document;
  }

  /** Runs the handler once. */
  async invoke(request: InvocationRequest): Promise<Outcome> {
    const handler = this.#handler;
    if (!handler || !this.#sandbox) throw new Error(`${this.version.functionName} was invoked before it was initialised.`);
    this.#requestId = request.requestId;
    this.#sandbox.process.env._X_AMZN_TRACE_ID = request.traceId;
    const limit = this.version.timeoutSeconds * 1000;
    const context = invocationContext(this.#kernel, this.version, request, this.#place, this.#kernel.now() + limit);
    const ended = await this.#phase(`${this.version.functionName} ${request.requestId}`, limit, () => {
      const event: unknown = request.payload.length === 0 ? {} : JSON.parse(Buffer.from(request.payload).toString());
      return runHandler(handler, this.version.runtime, event, context, this.#activity);
    });
    this.idleSince = this.#kernel.now();
    return this.#outcome(ended);
  }

  /** Ends the environment: frozen timers are dropped, and whatever code still runs can do nothing more. */
  discard(): void {
    if (this.#activity.over) return;
    this.#activity.end();
    this.#timers.close();
    this.#temporary.remove();
  }

  /** Ends the environment as a crash of its machine would, in the middle of whatever it does. */
  crash(): void {
    this.#crash(this.#exitDocument('Runtime exited with error: signal: killed'));
  }

  /** Whether code of this environment shows in the stack of an error. */
  ownsStack(stack: string): boolean {
    return this.#sandbox?.appearsIn(stack) ?? false;
  }

  /** The function left a rejected promise to itself: its process ends. */
  unhandledRejection(reason: unknown): void {
    const cause = this.#documentOf(reason);
    const message = `${cause.errorType}: ${cause.errorMessage}`;
    const trace = [`Runtime.UnhandledPromiseRejection: ${message}`, ...(cause.trace ?? []).slice(1)];
    const document = { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: message, trace };
    this.#log('ERROR', `Unhandled Promise Rejection ${JSON.stringify(document)}`);
    this.#crash(document);
  }

  #outcome(ended: Ended): Outcome {
    const executedVersion = this.version.version;
    const failed = (document: ErrorDocument): Outcome => ({ payload: encode(document), functionError: 'Unhandled', executedVersion });
    if (!('value' in ended)) {
      const document = ended.document ?? this.#documentOf(ended.error);
      if (!ended.document) this.#log('ERROR', `Invoke Error ${JSON.stringify({ ...document, stack: document.trace })}`);
      return failed(document);
    }
    let payload: Uint8Array;
    try {
      payload = encode(ended.value);
    } catch {
      return failed(errorDocument(new Error('Unable to stringify response body')));
    }
    if (payload.length <= LARGEST_ANSWER) return { payload, executedVersion };
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${LARGEST_ANSWER} bytes).`;
    this.#log('ERROR', `RequestId: ${this.#requestId} ${errorMessage}`);
    return failed({ errorType: 'Function.ResponseSizeTooLarge', errorMessage });
  }

  /** Runs `work` thawed and within a time limit, then freezes again. */
  async #phase(label: string, limit: number, work: () => unknown): Promise<Ended> {
    this.#activity.thaw(label);
    this.#timers.thaw();
    const ended = await new Promise<Ended>((resolve) => {
      const timer = this.#kernel.after(limit, () => this.#crash(this.#timedOut(limit)), { label: `timeout of ${label}` });
      const end = (outcome: Ended): void => {
        timer.cancel();
        this.#cutOff = undefined;
        resolve(outcome);
      };
      this.#cutOff = (document) => end({ error: undefined, document });
      attempt(work).then(
        (value) => end({ value }),
        (error: unknown) => {
          if (!(error instanceof Exit)) end({ error });
        },
      );
    });
    this.#timers.freeze();
    this.#activity.freeze();
    return ended;
  }

  #timedOut(limit: number): ErrorDocument {
    const message = `Task timed out after ${(limit / 1000).toFixed(2)} seconds`;
    this.#log('ERROR', `${new Date(this.#kernel.now()).toISOString()} ${this.#requestId} ${message}`);
    return { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${this.#requestId} Error: ${message}` };
  }

  #exitDocument(reason: string): ErrorDocument {
    return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${this.#requestId} Error: ${reason}` };
  }

  #crash(document: ErrorDocument): void {
    const cutOff = this.#cutOff;
    this.discard();
    cutOff?.(document);
  }

  #host() {
    return sandboxHost({
      kernel: this.#kernel,
      version: this.version,
      activity: this.#activity,
      timers: this.#timers,
      temporary: this.#temporary,
      ports: this.#options.ports,
      startedAt: this.#startedAt,
      ...this.#place,
      log: (level, message) => this.#log(level, message),
      exit: (code) => {
        const reason = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
        this.#crash(this.#exitDocument(reason));
        throw new Exit();
      },
    });
  }

  #documentOf(error: unknown): ErrorDocument {
    return errorDocument(error, (stack) => this.#sandbox?.mapStack(stack) ?? stack);
  }

  #log(level: LogLevel, message: string): void {
    if (this.#activity.over) return;
    const { functionName } = this.version;
    const requestId = this.#requestId || undefined;
    this.#options.logs.add({ time: this.#kernel.now(), functionName, requestId, ...this.#place, level, message });
  }
}

async function attempt(work: () => unknown): Promise<unknown> {
  return await work();
}
