/** What became of one message. `held` and `failed` come again; the rest is done with. */
export type Outcome =
  | { readonly kind: 'handled' }
  /** Nothing is to be done for its type. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'parked'; readonly reason: string }
  /** Waits for an event before it. */
  | { readonly kind: 'held'; readonly afterSeconds: number }
  | { readonly kind: 'failed'; readonly afterSeconds: number };

/** Whether the message must come again. */
export function comesAgain(outcome: Outcome): outcome is Extract<Outcome, { readonly afterSeconds: number }> {
  return outcome.kind === 'held' || outcome.kind === 'failed';
}

const METRICS = {
  handled: 'Handled',
  ignored: 'Ignored',
  duplicate: 'Duplicates',
  parked: 'Parked',
  held: 'Held',
  failed: 'Failed',
} as const satisfies Record<Outcome['kind'], string>;

/** How many of each. */
export function tally(outcomes: Iterable<Outcome>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const name = METRICS[outcome.kind];
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
