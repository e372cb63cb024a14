/** What to do with a message that could not be handled now. */
export type Patience =
  /** Let it come again after this many seconds. */
  | { readonly kind: 'again'; readonly afterSeconds: number }
  /** It has come often enough. */
  | { readonly kind: 'park' };

const FIRST_DELAY_SECONDS = 1;
const LONGEST_DELAY_SECONDS = 300;

/**
 * Decides whether a message may come again, and when: twice as long after each try, with jitter, up to 5 minutes.
 *
 * It is parked at its last but one receive, with what was wrong, so that the queue's own dead-letter queue gets only what killed the
 * function before it could say anything.
 *
 * @param receives how often it has come, from 1
 * @param maxReceives the queue's maxReceiveCount
 * @param random in [0, 1)
 */
export function patience(receives: number, maxReceives: number, random: number): Patience {
  if (receives >= Math.max(1, maxReceives - 1)) return { kind: 'park' };
  const ceiling = Math.min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** Math.min(receives - 1, 16));
  return { kind: 'again', afterSeconds: Math.ceil(ceiling / 2 + (ceiling / 2) * random) };
}
