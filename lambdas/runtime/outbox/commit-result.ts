import type { Envelope } from '../../contracts/index.ts';
import type { Aggregate } from './item.ts';

/** What became of one aggregate in a commit that took effect. */
export interface Committed {
  readonly version: number;
  /** The envelopes as they will be published. Empty when an earlier invocation made this commit (`repeated`). */
  readonly events: readonly Envelope[];
  /** Whether this commit had taken effect before: an answer was lost, or an invocation was repeated with its commit id. */
  readonly repeated: boolean;
}

/**
 * Why a commit did not take effect.
 * - `conflict`: somebody else has changed (or created) the aggregate since it was read. Load, decide, commit again.
 * - `duplicate`: the same request (idempotency key and fingerprint) has created it before. Answer with `current`.
 * - `mismatch`: the key was used before with another content.
 */
export interface CommitConflict<State> {
  readonly ok: false;
  readonly reason: 'conflict' | 'duplicate' | 'mismatch';
  /** The aggregate as it is now. Absent when it does not exist, though the commit expected a version. */
  readonly current: Aggregate<State> | undefined;
}

/** The condition of an item that was written along (`with`) did not hold; nothing was written. */
export interface WithRefused {
  readonly ok: false;
  readonly reason: 'refused';
  /** Positions in `with`, and the items there if their `ReturnValuesOnConditionCheckFailure` asked for them. */
  readonly refused: readonly { readonly index: number; readonly item: Readonly<Record<string, unknown>> | undefined }[];
}

/** The outcome of `outbox.commit`. `refused` comes only when it was given other writes. */
export type CommitResult<State> = ({ readonly ok: true } & Committed) | CommitConflict<State> | WithRefused;

export type CommitAllResult =
  | { readonly ok: true; readonly commits: readonly Committed[] }
  | (CommitConflict<unknown> & {
      /** Which of the changes. */
      readonly at: number;
    })
  | WithRefused;
