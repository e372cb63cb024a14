import type { InvocationResponse, InvocationRequest as InvokeRequest } from '@aws-sdk/client-lambda';
import { AwsError, type CallContext } from '../../../kernel/index.ts';
import type { Outcome } from '../execution/outcome.ts';
import { type ResolvedFunction, versionOf } from '../functions.ts';
import { checkInvokePermission } from '../permissions.ts';
import type { LambdaState } from '../state.ts';
import { traceHeader } from '../trace.ts';
import { reservedConcurrency } from './concurrency.ts';
import { operation } from './operation.ts';

/** Largest payloads, in bytes. */
const LIMITS = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024, DryRun: 6 * 1024 * 1024 } as const;

/** Starts an invocation of whichever version the reference stands for. */
export function start(
  lambda: LambdaState,
  resolved: ResolvedFunction,
  payload: Uint8Array,
  requestId: string,
  clientContext?: unknown,
): Promise<Outcome> {
  const version = versionOf(resolved, () => lambda.kernel.random());
  const request = {
    requestId,
    payload,
    arn: resolved.arn,
    traceId: traceHeader(lambda.kernel),
    ...(clientContext === undefined ? {} : { clientContext }),
  };
  return lambda.invoker.invoke(resolved.record, version, request, reservedConcurrency(lambda));
}

const invoke = operation((lambda, input: InvokeRequest, context): InvocationResponse | Promise<InvocationResponse> => {
  const resolved = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  checkInvokePermission(resolved, context);
  const type = input.InvocationType ?? 'RequestResponse';
  const payload = input.Payload ?? new Uint8Array();
  checkPayload(payload, type, context);
  if (type === 'DryRun') {
    versionOf(resolved, () => 1);
    return { StatusCode: 204 };
  }
  if (type === 'Event') {
    versionOf(resolved, () => 1);
    lambda.queue.add(resolved, payload, context.requestId);
    return { StatusCode: 202, Payload: new Uint8Array() };
  }
  return start(lambda, resolved, payload, context.requestId, clientContext(input)).then((outcome) => ({
    StatusCode: 200,
    Payload: outcome.payload,
    ExecutedVersion: outcome.executedVersion,
    ...(outcome.functionError === undefined ? {} : { FunctionError: outcome.functionError }),
  }));
});

function clientContext(input: InvokeRequest): unknown {
  return input.ClientContext === undefined ? undefined : JSON.parse(Buffer.from(input.ClientContext, 'base64').toString());
}

function checkPayload(payload: Uint8Array, type: keyof typeof LIMITS, context: CallContext): void {
  const limit = LIMITS[type];
  if (payload.length > limit) {
    const message = `${payload.length} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`;
    throw new AwsError('RequestTooLargeException', message, { status: 413, details: { Type: 'User' } });
  }
  if (payload.length === 0 || context.principal === 'lambda.amazonaws.com') return;
  try {
    JSON.parse(Buffer.from(payload).toString());
  } catch (error) {
    const message = `Could not parse request body into json: ${error instanceof Error ? error.message : String(error)}`;
    throw new AwsError('InvalidRequestContentException', message, { details: { Type: 'User' }, cause: error });
  }
}

export interface DeliverEventRequest {
  readonly FunctionName: string;
  readonly Payload: Uint8Array;
  readonly RequestId: string;
}

/** The queue of asynchronous invocations hands an event to its function: a call of its own, so that it is seen at the boundary. */
const deliver = operation((lambda, input: DeliverEventRequest, context): Promise<Outcome> => {
  if (context.principal !== 'lambda.amazonaws.com') throw new AwsError('AccessDeniedException', 'Only the event queue delivers events.');
  return start(lambda, lambda.functions.resolve(input.FunctionName), input.Payload, input.RequestId);
});

export const invokeOperations = { Invoke: invoke, DeliverEvent: deliver };
