import type { CallContext } from '../../../kernel/index.ts';

/** Operations by name. Each takes the SDK's input of its name and gives the SDK's output. */
export type Operations = Readonly<Record<string, (input: never, context: CallContext) => object>>;

/** A page of a list. */
export function page<T>(all: readonly T[], max: number, token: string | undefined): { entries: T[]; next: { NextToken?: string } } {
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString('utf8'));
  const end = start + max;
  return { entries: all.slice(start, end), next: end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {} };
}
