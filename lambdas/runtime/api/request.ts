import type { BodyOf, FieldProblem, PathOf, QueryOf, RouteContract, Schema } from '../../contracts/index.ts';
import { type Validation, validate } from '../../contracts/index.ts';
import type { Identity } from '../idempotency/index.ts';
import type { HttpEvent, HttpRequest } from './http-event.ts';
import { readIdempotencyKey } from './idempotency-key.ts';
import { type Problem, problemOf } from './problem.ts';
import { readBody } from './read-body.ts';

/** A request that keeps its route's contract. */
export interface ApiRequest<Route extends RouteContract = RouteContract> {
  readonly body: BodyOf<Route>;
  readonly query: QueryOf<Route>;
  /** Path parameters, decoded. */
  readonly path: PathOf<Route>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `Idempotency-Key`, and the id to create the aggregate under. Always there when the route requires it. */
  readonly idempotency: Route['idempotencyKey'] extends 'required' ? Identity : Identity | undefined;
  /** Who was authenticated, as the authorizer, IAM or the API key names them, or {@link ApiOptions.caller} says; empty when nobody was. */
  readonly caller: string;
  /** `/v1`: what comes before the route's path for the client. */
  readonly basePath: string;
  /** The event as the gateway sent it. */
  readonly event: HttpEvent;
}

export type ReadRequest<Route extends RouteContract> =
  | { readonly ok: true; readonly request: ApiRequest<Route> }
  | { readonly ok: false; readonly problem: Problem };

/** Checks a request against its route's contract: every part, naming every field that is wrong. */
export function readRequest<Route extends RouteContract>(
  contract: Route,
  http: HttpRequest,
  parameters: Readonly<Record<string, string | undefined>>,
  event: HttpEvent,
): ReadRequest<Route> {
  const body = readBody(contract, http);
  if (!body.ok) return body;
  const key = readIdempotencyKey(contract, http, body.value);
  if (!key.ok) return key;

  const path = checkPath(contract, parameters);
  const query = check(contract.schemas.query, http.query);
  const content = check(contract.schemas.body, body.value);
  if (path.ok && query.ok && content.ok) {
    const request: ApiRequest = {
      body: content.value as never,
      query: query.value as never,
      path: path.value as never,
      headers: http.headers,
      idempotency: key.identity as never,
      caller: http.caller,
      basePath: http.basePath,
      event,
    };
    return { ok: true, request: request as ApiRequest<Route> };
  }
  const errors = [path, query, content].flatMap((part) => (part.ok ? [] : part.problems));
  return { ok: false, problem: problemOf('invalid-request', summary(errors), { errors }) };
}

function check(schema: Schema | undefined, value: unknown): Validation<unknown> {
  return schema === undefined ? { ok: true, value } : validate(schema, value);
}

function checkPath(contract: RouteContract, parameters: Readonly<Record<string, string | undefined>>): Validation<unknown> {
  const broken = contract.parameters.filter((name) => parameters[name] === undefined);
  if (broken.length > 0) return { ok: false, problems: broken.map((field) => ({ field, message: 'is not valid percent-encoding' })) };
  return check(contract.schemas.path, parameters);
}

function summary(errors: readonly FieldProblem[]): string {
  const [first] = errors;
  if (!first) return 'The request is not valid.';
  const rest = errors.length - 1;
  return `${first.field || 'The body'} ${first.message}${rest > 0 ? `, and ${rest} more` : ''}.`;
}
