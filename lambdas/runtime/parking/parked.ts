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
