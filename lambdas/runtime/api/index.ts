/** The API edge: requests that keep their contract, answers that clients can rely on. */
export { type ApiHandler, type ApiOptions, api, type HandledRoute, on, type RouteHandler } from './api.ts';
export { decodeCursor, encodeCursor } from './cursor.ts';
export type { HttpEvent } from './http-event.ts';
export { PROBLEM_JSON, PROBLEMS, type Problem, ProblemError, type ProblemKind, problemOf, problemType } from './problem.ts';
export { accepted, conflict, created, noContent, notFound, ok, problem, type Reply, type ReplyOptions } from './reply.ts';
export type { ApiRequest } from './request.ts';
