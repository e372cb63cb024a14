import type { FieldProblem } from '../../contracts/index.ts';

/** Media type of errors (https://www.rfc-editor.org/rfc/rfc9457). */
export const PROBLEM_JSON = 'application/problem+json';

/** An error as a client sees it. */
export interface Problem {
  /** Names the kind of problem; stable, so that clients may branch on it. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What went wrong in this request. Never the text of an unexpected error. */
  readonly detail?: string;
  /** Every field that is wrong. */
  readonly errors?: readonly FieldProblem[];
  /** Further members, by kind of problem. */
  readonly [extension: string]: unknown;
}

/** The kinds of problem that the kit itself answers with; the gateway's own answers use the same. */
export const PROBLEMS = {
  'invalid-request': [400, 'The request is not valid'],
  'malformed-body': [400, 'The body cannot be read'],
  'idempotency-key-missing': [400, 'The Idempotency-Key header is missing'],
  'idempotency-key-invalid': [400, 'The Idempotency-Key header is not valid'],
  unauthorized: [401, 'Authentication is needed'],
  forbidden: [403, 'Not allowed'],
  'not-found': [404, 'There is nothing here'],
  'method-not-allowed': [405, 'The method is not allowed here'],
  conflict: [409, 'The resource has changed or exists already'],
  'body-too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The media type is not supported'],
  'idempotency-key-reused': [422, 'The Idempotency-Key was used with another request'],
  unprocessable: [422, 'The request cannot be carried out'],
  'too-many-requests': [429, 'Too many requests'],
  'internal-error': [500, 'Something went wrong'],
  'bad-gateway': [502, 'The service gave no valid answer'],
  unavailable: [503, 'Not available at the moment'],
  timeout: [504, 'The service did not answer in time'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemKind = keyof typeof PROBLEMS;

/** The `type` of a kind of problem. */
export function problemType(kind: string): string {
  return `urn:millrace:problem:${kind}`;
}

/**
 * A problem of a known kind.
 * @example
 * return problem('unprocessable', 'The flight has departed.', { flightId });
 */
export function problemOf(kind: ProblemKind, detail?: string, extensions: Readonly<Record<string, unknown>> = {}): Problem {
  const [status, title] = PROBLEMS[kind];
  return { type: problemType(kind), title, status, ...(detail === undefined ? {} : { detail }), ...extensions };
}

/** What a client is told that sends a cursor which a list did not give out. */
export function invalidCursor(): ProblemError {
  return new ProblemError(
    problemOf('invalid-request', 'The cursor is not one that this list gave out.', {
      errors: [{ field: 'cursor', message: 'is not valid' }],
    }),
  );
}

/** Ends a handler with a problem, from wherever it is thrown. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code = 'MILLRACE_PROBLEM';
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, options: { readonly headers?: Readonly<Record<string, string>>; readonly cause?: unknown } = {}) {
    super(
      `${problem.status} ${problem.title}${problem.detail === undefined ? '' : `: ${problem.detail}`}`,
      'cause' in options ? { cause: options.cause } : undefined,
    );
    this.problem = problem;
    this.headers = options.headers ?? {};
  }
}
