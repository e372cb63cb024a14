import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { type Correlation, isTraceparent, type RouteContract } from '../../contracts/index.ts';
import { ENVIRONMENT, type HandlerContext, log, MetricUnit, measure, measureFailures, xrayTraceparent } from '../context/index.ts';
import { type HttpEvent, type HttpRequest, readHttpEvent } from './http-event.ts';
import { matchRoute } from './match.ts';
import { ProblemError, problemOf } from './problem.ts';
import { problem, type Reply } from './reply.ts';
import { type ApiRequest, readRequest } from './request.ts';
import { type ResponseContext, respond } from './respond.ts';

export type RouteHandler<Route extends RouteContract> = (request: ApiRequest<Route>, context: HandlerContext) => Promise<Reply> | Reply;

/** A route with its handler; made by {@link on}. */
export interface HandledRoute {
  readonly contract: RouteContract;
  readonly answer: (request: ApiRequest, context: HandlerContext) => Promise<Reply> | Reply;
}

export interface ApiOptions {
  /**
   * Who asks. Idempotency keys belong to a caller, so two callers must never get one name; and one caller must keep its name, or a repeated request
   * is not recognised. Say it where the runtime can't know: for a Lambda authorizer of an HTTP API whose context has no `principalId` or `sub`, and
   * for IAM roles whose clients change the name of their session.
   * @default as the authorizer, IAM or the API key names them
   */
  readonly caller?: (event: HttpEvent) => string;
}

/** Answers a route. The request's types are those of its contract. */
export function on<Route extends RouteContract>(contract: Route, handler: RouteHandler<Route>): HandledRoute {
  return { contract, answer: (request, context) => handler(request as ApiRequest<Route>, context) };
}

export type ApiHandler = (event: HttpEvent, context: Context) => Promise<APIGatewayProxyResult>;

/**
 * The handler of one or several routes of an API, behind a REST API or an HTTP API.
 *
 * It checks every request against the contract of its route before the handler sees it, answers errors as problem+json (RFC 9457) without
 * showing what is inside, carries correlation ids in and out, logs one line and measures `Requests`, `Latency`, `ClientErrors` and `Faults`
 * for each request, under the dimension `route`.
 *
 * An error with `retryable: true` is answered with 503 and `Retry-After`, any other with 500.
 * @example
 * export const handler = api(
 *   on(requestBooking, async ({ body, idempotency }, { correlation }) => {
 *     const result = await bookings.commit({ id: idempotency.id, expected: 'new', idempotency, ... });
 *     if (!result.ok && result.reason !== 'duplicate') return problem('idempotency-key-reused');
 *     return accepted({ bookingId: idempotency.id, status: 'requested' }, { location: `/bookings/${idempotency.id}` });
 *   }),
 *   on(getBooking, async ({ path }) => {
 *     const booking = await bookings.load(path.bookingId);
 *     return booking ? ok(booking.state) : notFound();
 *   }),
 * );
 */
export function api(...routes: readonly HandledRoute[]): ApiHandler;
export function api(options: ApiOptions, ...routes: readonly HandledRoute[]): ApiHandler;
export function api(first: ApiOptions | HandledRoute = {}, ...rest: readonly HandledRoute[]): ApiHandler {
  const [options, routes]: [ApiOptions, readonly HandledRoute[]] = 'contract' in first ? [{}, [first, ...rest]] : [first, rest];
  const keys = routes.map(({ contract }) => contract.key);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) throw new TypeError(`api() was given two handlers for ${twice}. Keep one of them.`);
  return async (event, lambda) => {
    const started = Date.now();
    const read = readHttpEvent(event);
    const http = options.caller ? { ...read, caller: options.caller(event) } : read;
    const requestId = http.requestId || lambda.awsRequestId;
    const correlation = correlationOf(http, requestId);
    const context: HandlerContext = {
      correlation,
      requestId: lambda.awsRequestId,
      log: log({ ...correlation, requestId, method: http.method, path: http.path }),
      remainingMs: () => lambda.getRemainingTimeInMillis(),
    };
    const { reply: answered, route } = await answer(routes, http, event, context);
    const { reply, response } = written(answered, context, {
      request: http,
      requestId,
      correlationId: correlation.correlationid,
      origins: originsFromEnvironment(),
    });
    const duration = Date.now() - started;
    context.log.info('Request', { route, status: reply.status, duration });
    measure(
      { route },
      {
        Requests: 1,
        ClientErrors: reply.status >= 400 && reply.status < 500 ? 1 : 0,
        Faults: reply.status >= 500 ? 1 : 0,
        Latency: [duration, MetricUnit.Milliseconds],
      },
    );
    measureFailures(reply.status >= 500 ? 1 : 0);
    return response;
  };
}

interface Answer {
  readonly reply: Reply;
  /** `POST /bookings`; `unmatched` when no route is meant. */
  readonly route: string;
}

async function answer(routes: readonly HandledRoute[], http: HttpRequest, event: HttpEvent, context: HandlerContext): Promise<Answer> {
  const match = matchRoute(routes, http);
  if (match.kind === 'none')
    return { reply: problem('not-found', `There is nothing at ${http.basePath}${http.path}.`), route: 'unmatched' };
  if (match.kind === 'other-method') {
    const allow = { allow: match.allowed.join(', ') };
    if (http.method.toUpperCase() === 'OPTIONS') return { reply: { status: 204, headers: allow }, route: 'unmatched' };
    const refused = problem(
      'method-not-allowed',
      `${http.method} is not allowed here; ${match.allowed.join(', ')} ${match.allowed.length === 1 ? 'is' : 'are'}.`,
    );
    return { reply: { ...refused, headers: { ...refused.headers, ...allow } }, route: 'unmatched' };
  }
  const { contract, answer: handle } = match.route;
  try {
    const read = readRequest(contract, http, match.parameters, event);
    if (!read.ok) return { reply: problem(read.problem), route: contract.key };
    const reply: Reply | undefined = await handle(read.request, context);
    if (reply === undefined) throw new TypeError(`The handler of ${contract.key} answered nothing. Return ok(), accepted(), noContent() …`);
    return { reply, route: contract.key };
  } catch (error) {
    return { reply: replyToError(error, context), route: contract.key };
  }
}

/** Writes a reply; one that can't be written (a bigint in its body) is an error like any other. */
function written(
  reply: Reply,
  context: HandlerContext,
  how: ResponseContext,
): { readonly reply: Reply; readonly response: APIGatewayProxyResult } {
  try {
    return { reply, response: respond(reply, how) };
  } catch (error) {
    const instead = replyToError(error, context);
    return { reply: instead, response: respond(instead, how) };
  }
}

/** Only what was meant for clients reaches them; the rest is in the log. */
function replyToError(error: unknown, context: HandlerContext): Reply {
  if (error instanceof ProblemError) {
    const reply = problem(error.problem);
    if (reply.status >= 500) context.log.error('Request failed', { error });
    return { ...reply, headers: { ...reply.headers, ...error.headers } };
  }
  context.log.error('Request failed', { error });
  if (typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true) {
    const reply = problem(problemOf('unavailable', 'Try again in a moment, with the same Idempotency-Key if there was one.'));
    return { ...reply, headers: { ...reply.headers, 'retry-after': '1' } };
  }
  return problem(problemOf('internal-error', `Give this id when you ask about it: ${context.correlation.correlationid}`));
}

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The client's correlation id and trace where they make sense, else the gateway's request and X-Ray's trace. */
function correlationOf(http: HttpRequest, requestId: string): Correlation {
  const given = http.headers['x-correlation-id'];
  const parent = http.headers.traceparent;
  const traceparent = parent !== undefined && isTraceparent(parent) ? parent : xrayTraceparent();
  return {
    correlationid: given !== undefined && CORRELATION_ID.test(given) ? given : requestId,
    causationid: requestId,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

function originsFromEnvironment(): string[] {
  return (process.env[ENVIRONMENT.apiOrigins] ?? '').split(',').filter((origin) => origin !== '');
}
