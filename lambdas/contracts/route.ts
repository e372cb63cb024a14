import { ContractError } from './contract-error.ts';
import type { InputOf, OutputOf, Schema } from './validate.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
export type Method = (typeof METHODS)[number];

/** Whether a route takes the `Idempotency-Key` header. */
export type KeyUse = 'required' | 'optional' | undefined;

export interface RouteDefinition<
  Body extends Schema | undefined = Schema | undefined,
  Query extends Schema | undefined = Schema | undefined,
  Path extends Schema | undefined = Schema | undefined,
  Key extends KeyUse = KeyUse,
> {
  /** Schema of the JSON body. @default the route takes no body */
  readonly body?: Body;
  /** Schema of the query parameters, an object of strings (of lists of strings where a parameter is repeated). @default not checked */
  readonly query?: Query;
  /** Schema of the path parameters, an object of decoded strings. @default not checked */
  readonly path?: Path;
  /** Whether the `Idempotency-Key` header must or may be there (draft-ietf-httpapi-idempotency-key-header). @default not read */
  readonly idempotencyKey?: Key;
  /** Most bytes that the body may have. API Gateway itself ends at 10 MB. @default 65536 */
  readonly maxBytes?: number;
  /** Media type of the body; `+json` variants of a JSON type are accepted too. @default 'application/json' */
  readonly mediaType?: string;
  /** One line for documents. @default none */
  readonly summary?: string;
}

/** One operation of an API, shared by the `Api` construct, which makes it reachable, and the `api()` runtime, which answers it. */
export interface RouteContract<
  Pattern extends string = string,
  Body extends Schema | undefined = Schema | undefined,
  Query extends Schema | undefined = Schema | undefined,
  Path extends Schema | undefined = Schema | undefined,
  Key extends KeyUse = KeyUse,
> {
  /** `POST /bookings`. */
  readonly key: Pattern;
  readonly method: Method;
  /** Path without the stage: `/bookings/{bookingId}`. */
  readonly path: string;
  /** Names of the path parameters, in order. */
  readonly parameters: readonly string[];
  readonly schemas: { readonly body: Body; readonly query: Query; readonly path: Path };
  readonly idempotencyKey: Key;
  readonly maxBytes: number;
  readonly mediaType: string;
  readonly summary: string | undefined;
}

/** `'/flights/{flightId}/seats/{seat}'` → `'flightId' | 'seat'`. */
export type PathParameters<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Greedy}+` ? Greedy : Name) | PathParameters<Rest>
  : never;

/** What a handler of the route finds in `request.body`. */
export type BodyOf<R> = R extends RouteContract<string, infer Body> ? (Body extends Schema ? OutputOf<Body> : undefined) : never;
/** What a client sends as the body. */
export type BodyInputOf<R> = R extends RouteContract<string, infer Body> ? (Body extends Schema ? InputOf<Body> : undefined) : never;
/** What a handler of the route finds in `request.query`. */
export type QueryOf<R> =
  R extends RouteContract<string, Schema | undefined, infer Query>
    ? Query extends Schema
      ? OutputOf<Query>
      : Readonly<Record<string, string | readonly string[] | undefined>>
    : never;
/** What a handler of the route finds in `request.path`. */
export type PathOf<R> =
  R extends RouteContract<infer Pattern, Schema | undefined, Schema | undefined, infer Path>
    ? Path extends Schema
      ? OutputOf<Path>
      : Readonly<Record<PathParameters<Pattern>, string>>
    : never;

/** 64 kB: ample for a command, and far below what a function would suffer from. */
export const DEFAULT_MAX_BYTES = 64 * 1024;
/** API Gateway refuses anything larger before a function sees it. */
const API_GATEWAY_MAX_BYTES = 10 * 1024 * 1024;

const SEGMENT = /^(?:[A-Za-z0-9._~-]+|\{[A-Za-z_][A-Za-z0-9_]*\+?\})$/;

/**
 * Defines one operation of an API.
 *
 * @param pattern method and path without the stage, with `{name}` for a segment and `{name+}` for all that is left: `GET /bookings/{bookingId}`
 * @throws ContractError `MILLRACE_CONTRACT_BAD_DEFINITION` when API Gateway would not take the path, or a limit makes no sense
 * @example
 * import * as z from 'zod/mini';
 * import { defineRoute } from 'millrace/contracts';
 *
 * export const requestBooking = defineRoute('POST /bookings', {
 *   body: z.object({ flightId: z.string(), seats: z.int().check(z.gte(1), z.lte(9)) }),
 *   idempotencyKey: 'required',
 * });
 */
export function defineRoute<
  const Pattern extends `${Method} /${string}`,
  Body extends Schema | undefined = undefined,
  Query extends Schema | undefined = undefined,
  Path extends Schema | undefined = undefined,
  const Key extends KeyUse = undefined,
>(pattern: Pattern, definition: RouteDefinition<Body, Query, Path, Key> = {}): RouteContract<Pattern, Body, Query, Path, Key> {
  const bad = (problem: string): ContractError =>
    new ContractError('MILLRACE_CONTRACT_BAD_DEFINITION', `The route ${JSON.stringify(pattern)} ${problem}.`);
  const space = pattern.indexOf(' ');
  const method = METHODS.find((known) => known === pattern.slice(0, space));
  const path = pattern.slice(space + 1);
  if (!method || !path.startsWith('/')) throw bad(`is not a method (${METHODS.join(', ')}), a space and a path`);

  const segments = path === '/' ? [] : path.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    if (!SEGMENT.test(segment)) throw bad(`has the segment ${JSON.stringify(segment)}; use letters, digits and . _ ~ -, or {name}`);
    if (segment.endsWith('+}') && index < segments.length - 1) throw bad(`goes on after ${segment}, which takes all that is left`);
  }
  const parameters = segments.filter((segment) => segment.startsWith('{')).map((segment) => segment.replace(/^\{|\+?\}$/g, ''));
  if (new Set(parameters).size !== parameters.length) throw bad('names a path parameter twice');
  if (definition.body && (method === 'GET' || method === 'HEAD' || method === 'OPTIONS'))
    throw bad('has a body, which this method cannot carry');
  const maxBytes = definition.maxBytes ?? DEFAULT_MAX_BYTES;
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > API_GATEWAY_MAX_BYTES) {
    throw bad(`has maxBytes ${maxBytes}; it must be an integer from 1 to ${API_GATEWAY_MAX_BYTES}`);
  }

  return {
    key: pattern,
    method,
    path,
    parameters,
    schemas: { body: definition.body as Body, query: definition.query as Query, path: definition.path as Path },
    idempotencyKey: definition.idempotencyKey as Key,
    maxBytes,
    mediaType: definition.mediaType ?? 'application/json',
    summary: definition.summary,
  };
}
