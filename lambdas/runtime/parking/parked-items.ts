import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Parked } from './parked.ts';

/*
 * How a parked message lies in its table (keys `pk` and `sk`):
 *
 *     entry     pk: <owner>            sk: <id>        reason, detail …, and `payload`; or `packed`, compressed, its first part
 *     parts     pk: payload#<hash>     sk: 02, 03 …    `packed`: what one item can't hold
 */

/** Items may hold 400 KB in all; a payload beyond this is kept compressed. */
const PLAIN_LIMIT = 256 * 1024;
const PART_BYTES = 380 * 1024;
const MOST_DETAIL = 4_000;
/** A message is parked in one transaction, which has 4 MB. */
const MOST_PARTS = 9;

/** The payload is larger than one transaction can park, even compressed. */
export class PayloadTooLargeError extends Error {
  override readonly name = 'PayloadTooLargeError';
  readonly code = 'MILLRACE_PAYLOAD_TOO_LARGE';
}

/** Partition key of what one item of a parked message can't hold. */
export function partsKey(owner: string, id: string): string {
  return `payload#${createHash('sha256')
    .update(JSON.stringify([owner, id]))
    .digest('base64url')}`;
}

/** As much of what was wrong as has room in an entry beside its payload. */
export function shortDetail(detail: string): string {
  return detail.slice(0, MOST_DETAIL);
}

/** The items of a parked message, its entry first. @throws PayloadTooLargeError */
export function toItems(parked: Parked): readonly Record<string, unknown>[] {
  const { owner, id, payload, detail, ...rest } = parked;
  const entry = { pk: owner, sk: id, kind: 'event', detail: shortDetail(detail), ...rest };
  if (Buffer.byteLength(payload) <= PLAIN_LIMIT) return [{ ...entry, payload }];
  const packed = gzipSync(payload);
  const count = Math.ceil(packed.byteLength / PART_BYTES);
  if (count > MOST_PARTS) {
    throw new PayloadTooLargeError(`${id}: ${packed.byteLength} bytes compressed; the parking table takes ${MOST_PARTS * PART_BYTES}.`);
  }
  const part = (index: number): Uint8Array => packed.subarray(index * PART_BYTES, (index + 1) * PART_BYTES);
  const more = Array.from({ length: count - 1 }, (_, index) => ({
    pk: partsKey(owner, id),
    sk: String(index + 2).padStart(2, '0'),
    packed: part(index + 1),
  }));
  return [{ ...entry, packed: part(0), ...(count > 1 ? { parts: count } : {}) }, ...more];
}

/** How many items a parked message has, by its entry. */
export function partsOf(entry: Readonly<Record<string, unknown>>): number {
  return Number(entry.parts ?? 1);
}

/** @param more its other items, in order */
export function fromItems(entry: Readonly<Record<string, unknown>>, more: readonly Readonly<Record<string, unknown>>[] = []): Parked {
  const { pk, sk, payload, packed, kind: _kind, parts: _parts, ...rest } = entry;
  const pieces = [packed, ...more.map((item) => item.packed)].filter((piece) => piece instanceof Uint8Array);
  const text = pieces.length > 0 ? gunzipSync(Buffer.concat(pieces)).toString('utf8') : String(payload);
  return { ...(rest as unknown as Omit<Parked, 'owner' | 'id' | 'payload'>), owner: String(pk), id: String(sk), payload: text };
}
