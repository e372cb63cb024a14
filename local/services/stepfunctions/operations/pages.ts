import { AwsError } from '../../../kernel/index.ts';
import { LIMITS } from '../limits.ts';

/** What a listing operation is asked for. */
export interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * The bounds of a page of `total` items.
 *
 * @throws AwsError `InvalidToken`, `ValidationException`
 */
export function pageOf(request: PageRequest, total: number): { from: number; to: number; nextToken: string | undefined } {
  const size = request.maxResults || LIMITS.defaultPageSize;
  if (size < 0 || size > LIMITS.pageSize) {
    const what = `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000`;
    throw new AwsError('ValidationException', what);
  }
  const from = request.nextToken === undefined ? 0 : position(request.nextToken);
  const to = Math.min(from + size, total);
  return { from, to, nextToken: to < total ? Buffer.from(`page:${to}`).toString('base64url') : undefined };
}

function position(token: string): number {
  const match = /^page:(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (!match) throw new AwsError('InvalidToken', `Invalid Token: 'Invalid token'`);
  return Number(match[1]);
}

/** The page as output members: the token only when there is more. */
export function withToken(nextToken: string | undefined): { nextToken?: string } {
  return nextToken === undefined ? {} : { nextToken };
}
