import { validationError } from './errors.ts';

/** One page of a list; the token says where the next begins. */
export function page<Item>(
  all: readonly Item[],
  limit: number | undefined,
  token: string | undefined,
): { items: Item[]; nextToken?: string } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString());
  if (!Number.isInteger(from) || from < 0) throw validationError('Invalid NextToken.');
  const to = from + (limit ?? 100);
  const items = all.slice(from, to);
  return to < all.length ? { items, nextToken: Buffer.from(String(to)).toString('base64') } : { items };
}
