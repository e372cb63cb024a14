import { createHash } from 'node:crypto';

/** What makes two requests one: the client's key, what it asked for, and the id of the aggregate that the key creates. */
export interface Identity {
  /** The key as the client sent it, within its scope. */
  readonly key: string;
  /** Of the content: the same key with another fingerprint is a client's mistake. */
  readonly fingerprint: string;
  /**
   * Id to create the aggregate under. It is derived from the key, so that two requests with one key meet in one item, whichever comes
   * first: that, and not a look-up, is what keeps the second from taking effect.
   */
  readonly id: string;
}

/**
 * A UUID (version 8: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8) that depends on its parts alone.
 * @example
 * idFrom('POST /bookings', 'customer-1', idempotencyKey);
 */
export function idFrom(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  // Lengths keep ('ab', 'c') apart from ('a', 'bc').
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
