import { createHash } from 'node:crypto';

/** JSON with the members of every object in one order, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/** What identifies a request's content: SHA-256 of its canonical JSON, in base64url. `undefined` has one, too. */
export function fingerprint(value: unknown): string {
  return createHash('sha256')
    .update(value === undefined ? '' : canonicalJson(value))
    .digest('base64url');
}
