import { PROBLEM_JSON, type Problem, type ProblemKind, problemOf } from './problem.ts';

/** What a handler answers. */
export interface Reply {
  readonly status: number;
  /** Written as JSON. @default no body */
  readonly body?: unknown;
  /** @default none but those that the runtime adds */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ReplyOptions {
  /**
   * Where the resource is. A path from the API's root, as its routes are written (`/bookings/b-1`), gets the stage or base path before it.
   * @default none
   */
  readonly location?: string;
  /** @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** 200: here it is. */
export function ok(body: unknown, options: ReplyOptions = {}): Reply {
  return reply(200, body, options);
}

/** 201: it is there now. */
export function created(body: unknown, options: ReplyOptions = {}): Reply {
  return reply(201, body, options);
}

/** 202: it is durable and will be done; `location` says where to see what became of it. */
export function accepted(body: unknown, options: ReplyOptions = {}): Reply {
  return reply(202, body, options);
}

/** 204: done, and nothing to say. */
export function noContent(options: ReplyOptions = {}): Reply {
  return reply(204, undefined, options);
}

/** 404, as problem+json. */
export function notFound(detail?: string): Reply {
  return problem('not-found', detail);
}

/** 409, as problem+json. */
export function conflict(detail?: string): Reply {
  return problem('conflict', detail);
}

/** A problem, of a kind that the kit has or of the author's own. */
export function problem(kind: ProblemKind | Problem, detail?: string, extensions?: Readonly<Record<string, unknown>>): Reply {
  const body = typeof kind === 'string' ? problemOf(kind, detail, extensions) : kind;
  return { status: body.status, body, headers: { 'content-type': PROBLEM_JSON } };
}

function reply(status: number, body: unknown, { location, headers }: ReplyOptions): Reply {
  return {
    status,
    ...(body === undefined ? {} : { body }),
    ...(location === undefined && headers === undefined
      ? {}
      : { headers: { ...headers, ...(location === undefined ? {} : { location }) } }),
  };
}
