import type { Kernel } from '../../../kernel/index.ts';
import type { FunctionVersion } from '../functions.ts';
import type { Activity } from './activity.ts';
import { acceptsCallbacks, type Handler } from './handler.ts';

export interface InvocationRequest {
  readonly requestId: string;
  readonly payload: Uint8Array;
  /** The ARN that was invoked. */
  readonly arn: string;
  readonly traceId: string;
  readonly clientContext?: unknown;
}

export interface LogPlace {
  readonly logGroup: string;
  readonly logStream: string;
}

/** The context object of one invocation. */
export function invocationContext(
  kernel: Kernel,
  version: FunctionVersion,
  request: InvocationRequest,
  logs: LogPlace,
  deadline: number,
): Record<string, unknown> {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: version.version,
    functionName: version.functionName,
    memoryLimitInMB: String(version.memoryMegabytes),
    logGroupName: logs.logGroup,
    logStreamName: logs.logStream,
    clientContext: request.clientContext,
    identity: undefined,
    invokedFunctionArn: request.arn,
    awsRequestId: request.requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - kernel.now()),
  };
}

/** Calls a handler in whichever of the styles its runtime allows: async, plain, with a callback, with `context.done`. */
export function runHandler(
  handler: Handler,
  runtime: string,
  event: unknown,
  context: Record<string, unknown>,
  activity: Activity,
): unknown {
  if (!acceptsCallbacks(runtime)) return handler(event, context);
  return new Promise((resolve, reject) => {
    const done = (error: unknown, result?: unknown): void => {
      const failed = error !== undefined && error !== null;
      const settle = (): void => (failed ? reject(error) : resolve(result));
      if (context.callbackWaitsForEmptyEventLoop === true && !failed) activity.whenQuiet(settle);
      else settle();
    };
    Object.assign(context, {
      done,
      succeed: (result: unknown) => done(null, result),
      fail: (error: unknown) => done(error ?? 'handled'),
    });
    const returned = handler(event, context, done);
    if (isThenable(returned)) returned.then(resolve, reject);
    else if (handler.length < 3) activity.whenQuiet(() => resolve(null));
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
