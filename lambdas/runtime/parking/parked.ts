import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * Why something was parked.
 *
 * - `unreadable`: not an event envelope.
 * - `invalid`: an event that does not keep its contract, or of a version that the consumer does not know.
 * - `refused`: the handler said that it can never be handled.
 * - `failing`: the handler kept failing.
 * - `gap`: an event before it did not come in time.
 * - `behind`: an event before it is parked.
 * - `no-answer`: a side effect whose outcome is unknown.
 */
export type ParkingReason = 'unreadable' | 'invalid' | 'refused' | 'failing' | 'gap' | 'behind' | 'no-answer';

/** Reasons that end by themselves as soon as what comes before has been handled. */
export const WAITING_REASONS: readonly ParkingReason[] = ['gap', 'behind'];

/** A parked message: kept with its payload and reason until it is released or dropped. */
export interface Parked {
  /** Who parked it: `consumer#mail`, `projection#board`. */
  readonly owner: string;
  /**
   * Position within the owner: `<source>/<subject>/<sequence>`, with `/` and `%` of the first two as `%2F` and `%25`, so that events of one
   * subject lie together; or `unreadable/<where it came from>`.
   */
  readonly id: string;
  readonly reason: ParkingReason;
  /** What was wrong, for people. */
  readonly detail: string;
  /** The message as it came. */
  readonly payload: string;
  /** Epoch milliseconds. */
  readonly parkedAt: number;
  /** Where it came from: an SQS message id, or a shard and sequence number. */
  readonly origin: string;
  /** Whether its subject went on without it. @default it waits behind it */
  readonly skipped?: boolean;
  readonly eventId?: string;
  readonly type?: string;
  readonly correlationid?: string;
}

/** A sequence in a key that sorts as text. */
const padded = (sequence: number): string => String(sequence).padStart(16, '0');
export const parkedIdOf = (line: string, sequence: number): string => `${line}/${padded(sequence)}`;
export const unreadableIdOf = (origin: string): string => `unreadable/${origin}`;
/** The sequence in a parked id, or undefined when it has none. */
export function parkedSequenceOf(id: string): number | undefined {
  const text = /\/(\d{16})$/.exec(id)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** The subject of a parked id, or undefined when it is in no order. */
export function lineOfParked(id: string): string | undefined {
  return /^([^/]+\/[^/]+)\/\d{16}$/.exec(id)?.[1];
}

/** Items may hold 400 KB in all; a payload beyond this is kept compressed. */
const PLAIN_LIMIT = 256 * 1024;
const ITEM_LIMIT = 380 * 1024;

/** The payload is larger than a parking item can hold, even compressed. */
export class PayloadTooLargeError extends Error {
  override readonly name = 'PayloadTooLargeError';
  readonly code = 'MILLRACE_PAYLOAD_TOO_LARGE';
}

/** @throws PayloadTooLargeError */
export function toItem(parked: Parked): Record<string, unknown> {
  const { owner, id, payload, ...rest } = parked;
  const item = { pk: owner, sk: id, kind: 'event', ...rest };
  if (Buffer.byteLength(payload) <= PLAIN_LIMIT) return { ...item, payload };
  const packed = gzipSync(payload);
  if (packed.byteLength > ITEM_LIMIT) {
    throw new PayloadTooLargeError(`${id}: ${packed.byteLength} bytes compressed; the parking table holds ${ITEM_LIMIT}.`);
  }
  return { ...item, packed };
}

export function fromItem(item: Readonly<Record<string, unknown>>): Parked {
  const { pk, sk, payload, packed, kind: _, ...rest } = item;
  const text = packed instanceof Uint8Array ? gunzipSync(packed).toString('utf8') : String(payload);
  return { ...(rest as unknown as Omit<Parked, 'owner' | 'id' | 'payload'>), owner: String(pk), id: String(sk), payload: text };
}
