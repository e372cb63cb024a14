import { type Hold, type Kernel, REGION, type ServiceCall, seededRandom } from '../../../kernel/index.ts';
import type { FunctionVersion } from '../functions.ts';
import type { LogStore } from '../logs.ts';
import {
  FunctionTimers,
  type HttpPort,
  type HttpRequest,
  type HttpResponse,
  type LogLevel,
  loadProgram,
  Sandbox,
  SandboxError,
} from '../sandbox/index.ts';
import { acceptsCallbacks, entryOf, findHandler, type Handler, initError, parseHandler } from './handler.ts';
import { InstanceDirectory } from './instance-directory.ts';
import { type ErrorDocument, encode, errorDocument, type Outcome } from './outcome.ts';
import { environmentVariables } from './variables.ts';

export interface InvocationRequest {
  readonly requestId: string;
  readonly payload: Uint8Array;
  /** The ARN that was invoked. */
  readonly arn: string;
  readonly traceId: string;
  readonly clientContext?: unknown;
}

export interface EnvironmentOptions {
  readonly ports: HttpPorts;
  readonly logs: LogStore;
}

/** Who answers the requests of functions. May be set after the functions are made. */
export interface HttpPorts {
  /** For AWS hosts. */
  aws: HttpPort | undefined;
  /** For all others. */
  outside: HttpPort | undefined;
}

/** The init phase has this long, whatever the function's timeout is. */
const INIT_LIMIT_MS = 10_000;
/** Largest answer of a synchronous invocation. */
const LARGEST_ANSWER = 6 * 1024 * 1024 + 100;

const never = <Value>(): Promise<Value> => new Promise(() => {});

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
  invocations = 0;
  readonly #kernel: Kernel;
  readonly #options: EnvironmentOptions;
  readonly #timers: FunctionTimers;
  readonly #startedAt: number;
  readonly #logStream: string;
  #sandbox: Sandbox | undefined;
  #handler: Handler | undefined;
  #hold: Hold | undefined;
  /** Calls and timers of the function that are under way. */
  #open = 0;
  #onQuiet: (() => void) | undefined;
  #thawed: (() => void)[] = [];
  #dead = false;
  #requestId: string | undefined;
  #fail: ((document: ErrorDocument) => void) | undefined;
  readonly #temporary = new InstanceDirectory();

  constructor(kernel: Kernel, version: FunctionVersion, options: EnvironmentOptions) {
    this.#kernel = kernel;
    this.version = version;
    this.#options = options;
    this.#startedAt = kernel.now();
    this.idleSince = this.#startedAt;
    const id = kernel.uuid().replaceAll('-', '');
    this.#logStream = `${new Date(this.#startedAt).toISOString().slice(0, 10).replaceAll('-', '/')}/[${version.version}]${id}`;
    this.#timers = new FunctionTimers({
      kernel,
      label: `timer of ${version.functionName}`,
      waiting: (change) => (change > 0 ? this.#begin() : this.#end()),
      failed: (error) => this.#crash(errorDocument(error, (stack) => this.#mapStack(stack))),
    });
  }

  /** Whether the environment can serve another invocation. */
  get alive(): boolean {
    return !this.#dead;
  }

  get initialised(): boolean {
    return this.#handler !== undefined;
  }

  /** Runs the function's init code. Rejects with what it threw, or with an error document when it took too long. */
  initialise(): Promise<ErrorDocument | undefined> {
    return this.#phase(`init of ${this.version.functionName}`, INIT_LIMIT_MS, async () => {
      const { code, handler, runtime } = this.version;
      const program = await loadProgram(code, entryOf(code, parseHandler(handler)));
      this.#sandbox = new Sandbox(program, this.#host());
      this.#handler = findHandler(await this.#sandbox.load(), handler, runtime);
    }).then((ended) => {
      if (!('error' in ended)) return undefined;
      this.discard();
      return ended.document ?? errorDocument(initError(ended.error), (stack) => this.#mapStack(stack));
    });
  }

  /** Runs the handler once. */
  async invoke(request: InvocationRequest): Promise<Outcome> {
    const handler = this.#handler;
    if (!handler || !this.#sandbox) throw new Error(`${this.version.functionName} was invoked before it was initialised.`);
    this.invocations += 1;
    this.#requestId = request.requestId;
    this.#sandbox.process.env._X_AMZN_TRACE_ID = request.traceId;
    const limit = this.version.timeoutSeconds * 1000;
    const deadline = this.#kernel.now() + limit;
    const ended = await this.#phase(`${this.version.functionName} ${request.requestId}`, limit, () => {
      const event: unknown = request.payload.length === 0 ? {} : JSON.parse(Buffer.from(request.payload).toString());
      return this.#run(handler, event, this.#context(request, deadline));
    });
    this.idleSince = this.#kernel.now();
    return this.#outcome(ended, request.requestId);
  }

  /** Ends the environment: frozen timers are dropped, and whatever code still runs can do nothing more. */
  discard(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#timers.close();
    this.#hold?.release();
    this.#hold = undefined;
    this.#temporary.remove();
  }

  /** Ends the environment as a crash of its machine would, in the middle of whatever it does. */
  crash(): void {
    this.#crash({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${this.#requestId} Error: Runtime exited with error: signal: killed`,
    });
  }

  /** Whether code of this environment shows in the stack of an error. */
  ownsStack(stack: string): boolean {
    return this.#sandbox?.appearsIn(stack) ?? false;
  }

  /** The function left a rejected promise to itself: its process ends. */
  unhandledRejection(reason: unknown): void {
    const cause = errorDocument(reason, (stack) => this.#mapStack(stack));
    const document = {
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: `${cause.errorType}: ${cause.errorMessage}`,
      trace: [`Runtime.UnhandledPromiseRejection: ${cause.errorType}: ${cause.errorMessage}`, ...(cause.trace ?? []).slice(1)],
    };
    this.#log('ERROR', `Unhandled Promise Rejection ${JSON.stringify(document)}`);
    this.#crash(document);
  }

  #outcome(ended: Ended, requestId: string): Outcome {
    const executedVersion = this.version.version;
    if ('error' in ended) {
      const document = ended.document ?? errorDocument(ended.error, (stack) => this.#mapStack(stack));
      if (!ended.document) this.#log('ERROR', `Invoke Error ${JSON.stringify({ ...document, stack: document.trace })}`);
      return { payload: encode(document), functionError: 'Unhandled', executedVersion };
    }
    let payload: Uint8Array;
    try {
      payload = encode(ended.value);
    } catch {
      return {
        payload: encode(errorDocument(new Error('Unable to stringify response body'))),
        functionError: 'Unhandled',
        executedVersion,
      };
    }
    if (payload.length > LARGEST_ANSWER) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${LARGEST_ANSWER} bytes).`;
      this.#log('ERROR', `RequestId: ${requestId} ${errorMessage}`);
      return { payload: encode({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }), functionError: 'Unhandled', executedVersion };
    }
    return { payload, executedVersion };
  }

  /** Runs `work` thawed, under a hold and a time limit, then freezes again. */
  async #phase(label: string, limit: number, work: () => unknown): Promise<Ended> {
    const hold = this.#kernel.hold(label);
    this.#hold = hold;
    for (let i = 0; i < this.#open; i += 1) hold.wait();
    this.#timers.thaw();
    for (const resume of this.#thawed.splice(0)) resume();
    const ended = await new Promise<Ended>((resolve) => {
      const timer = this.#kernel.after(limit, () => this.#crash(this.#timedOut(limit)), { label: `timeout of ${label}` });
      const end = (outcome: Ended): void => {
        timer.cancel();
        this.#fail = undefined;
        resolve(outcome);
      };
      this.#fail = (document) => end({ error: undefined, document });
      attempt(work).then(
        (value) => end({ value }),
        (error: unknown) => {
          if (!(error instanceof Exit)) end({ error });
        },
      );
    });
    if (this.#hold === hold) {
      this.#timers.freeze();
      this.#hold = undefined;
      hold.release();
    }
    return ended;
  }

  #timedOut(limit: number): ErrorDocument {
    const message = `Task timed out after ${(limit / 1000).toFixed(2)} seconds`;
    this.#log('ERROR', `${new Date(this.#kernel.now()).toISOString()} ${this.#requestId ?? ''} ${message}`);
    return { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${this.#requestId ?? ''} Error: ${message}` };
  }

  #crash(document: ErrorDocument): void {
    const fail = this.#fail;
    this.discard();
    fail?.(document);
  }

  #run(handler: Handler, event: unknown, context: Record<string, unknown>): unknown {
    if (!acceptsCallbacks(this.version.runtime)) return handler(event, context);
    return new Promise((resolve, reject) => {
      const done = (error: unknown, result?: unknown): void => {
        const settle = (): void => (error === undefined || error === null ? resolve(result) : reject(error));
        if (context.callbackWaitsForEmptyEventLoop === true && !error) this.#whenQuiet(settle);
        else settle();
      };
      Object.assign(context, {
        done,
        succeed: (result: unknown) => done(null, result),
        fail: (error: unknown) => done(error ?? 'handled'),
      });
      const returned = handler(event, context, done);
      if (isThenable(returned)) returned.then(resolve, reject);
      else if (handler.length < 3) this.#whenQuiet(() => resolve(null));
    });
  }

  /** Once no call or timer of the function is under way: its event loop is empty. */
  #whenQuiet(task: () => void): void {
    if (this.#open === 0) task();
    else this.#onQuiet = task;
  }

  #context(request: InvocationRequest, deadline: number): Record<string, unknown> {
    const { functionName, version, memoryMegabytes } = this.version;
    return {
      callbackWaitsForEmptyEventLoop: true,
      functionVersion: version,
      functionName,
      memoryLimitInMB: String(memoryMegabytes),
      logGroupName: this.#logGroup(),
      logStreamName: this.#logStream,
      clientContext: request.clientContext,
      identity: undefined,
      invokedFunctionArn: request.arn,
      awsRequestId: request.requestId,
      getRemainingTimeInMillis: () => Math.max(0, deadline - this.#kernel.now()),
    };
  }

  #logGroup(): string {
    return this.version.logging.LogGroup ?? `/aws/lambda/${this.version.functionName}`;
  }

  #host() {
    const { version } = this;
    return {
      functionName: version.functionName,
      code: version.code,
      env: environmentVariables(version, this.#logGroup(), this.#logStream),
      random: seededRandom(Math.floor(this.#kernel.random() * Number.MAX_SAFE_INTEGER)),
      timers: this.#timers,
      sdk: {
        call: (call: ServiceCall) => this.#effect(() => this.#kernel.call(call)),
        sleep: (ms: number) => new Promise<void>((resolve) => void this.#timers.set(resolve, ms)),
        random: () => this.#kernel.random(),
      },
      identity: { principal: version.role, region: REGION, ...maxAttempts(version) },
      now: () => this.#kernel.now(),
      elapsed: () => this.#kernel.now() - this.#startedAt,
      log: (level: LogLevel, message: string) => this.#log(level, message),
      outside: <Value>(label: string, work: Promise<Value>) => this.#outside(label, work),
      http: (request: HttpRequest) => this.#effect(async () => await this.#http(request)),
      exit: (code: number) => {
        const reason = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
        this.#crash({ errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${this.#requestId ?? ''} Error: ${reason}` });
        throw new Exit();
      },
      temporary: this.#temporary,
    };
  }

  #http(request: HttpRequest): Promise<HttpResponse> | HttpResponse {
    const { aws, outside } = this.#options.ports;
    const toAws = isAwsHost(request, this.version.environment);
    const port = toAws ? aws : outside;
    if (port) return port(request);
    throw new SandboxError(
      this.version.functionName,
      `sent ${request.method} ${request.url}`,
      toAws
        ? 'Requests to AWS need the wire endpoint of the local cloud: leave the AWS SDK out of the bundle, or connect the endpoint (`answerAws`).'
        : 'Give the cloud an answer for requests to the outside (`answerOutside`).',
    );
  }

  /** Something the function does to the world. Not while it is frozen, and never once it is discarded. */
  async #effect<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#dead) return never();
    if (!this.#hold) await new Promise<void>((resolve) => this.#thawed.push(resolve));
    this.#begin();
    try {
      return await work();
    } finally {
      this.#end();
      // biome-ignore lint/correctness/noUnsafeFinally: code of a discarded environment must not go on, whatever the outcome
      if (this.#dead) return never();
    }
  }

  async #outside<Value>(label: string, work: Promise<Value>): Promise<Value> {
    const hold = this.#kernel.hold(`${label} in ${this.version.functionName}`);
    try {
      return await work;
    } finally {
      hold.release();
    }
  }

  #begin(): void {
    this.#open += 1;
    this.#hold?.wait();
  }

  #end(): void {
    this.#open -= 1;
    this.#hold?.resume();
    if (this.#open > 0 || !this.#onQuiet) return;
    const task = this.#onQuiet;
    this.#onQuiet = undefined;
    // The code that waited for this call may start another first.
    setImmediate(() => this.#whenQuiet(task));
  }

  #mapStack(stack: string): string {
    return this.#sandbox?.mapStack(stack) ?? stack;
  }

  #log(level: LogLevel, message: string): void {
    if (this.#dead && !message.includes('timed out')) return;
    this.#options.logs.add({
      time: this.#kernel.now(),
      functionName: this.version.functionName,
      requestId: this.#requestId,
      logGroup: this.#logGroup(),
      logStream: this.#logStream,
      level,
      message,
    });
  }
}

type Ended = { readonly value: unknown } | { readonly error: unknown; readonly document?: ErrorDocument };

async function attempt(work: () => unknown): Promise<unknown> {
  return await work();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function isAwsHost(request: HttpRequest, environment: Readonly<Record<string, string>>): boolean {
  const hostname = new URL(request.url).hostname;
  if (hostname === 'amazonaws.com' || hostname.endsWith('.amazonaws.com')) return true;
  return Object.entries(environment).some(
    ([name, value]) => name.startsWith('AWS_ENDPOINT_URL') && URL.canParse(value) && new URL(value).host === request.host,
  );
}

function maxAttempts(version: FunctionVersion): { maxAttempts?: number } {
  const value = Number(version.environment.AWS_MAX_ATTEMPTS);
  return Number.isInteger(value) && value > 0 ? { maxAttempts: value } : {};
}
