import { type Aggregate, REMEMBERED_COMMITS } from './item.ts';

/** What an item that refused a commit's condition says about it. */
export type Refusal = 'repeated' | 'conflict' | 'duplicate' | 'mismatch' | 'forgotten';

export interface RefusedCommit {
  readonly commit: string;
  /** Version that the commit would have made. */
  readonly version: number;
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | undefined;
  /** Whether an earlier try of it may have taken effect: its answer was lost. */
  readonly ambiguous: boolean;
}

/**
 * Tells a commit's own work from somebody else's. The order matters:
 *
 *     write → (took effect) → answer lost → write again → condition fails, for the item is one version on
 *
 * is no conflict: the item remembers the commit. Only what it does not remember is somebody else's; and when so many commits have followed that
 * it would have been forgotten, and an answer was lost, nobody can tell (`forgotten`).
 */
export function classifyRefusal(refused: RefusedCommit, current: Aggregate<unknown> | undefined): Refusal {
  if (current === undefined) return 'conflict';
  if (current.commits.includes(refused.commit)) return 'repeated';
  if (refused.idempotency && current.idempotency?.key === refused.idempotency.key) {
    return current.idempotency.fingerprint === refused.idempotency.fingerprint ? 'duplicate' : 'mismatch';
  }
  const forgotten = current.version - REMEMBERED_COMMITS >= refused.version;
  return refused.ambiguous && forgotten ? 'forgotten' : 'conflict';
}
