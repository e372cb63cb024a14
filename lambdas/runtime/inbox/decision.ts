/** What the inbox knows of one subject. */
export interface SubjectHead {
  /** Last sequence handled; 0 before the first. */
  readonly head: number;
  /** Whether events of this subject are parked. Then what comes behind them is parked at once, in its place. */
  readonly parked: boolean;
  /** How often an event of this subject was parked: tells a later look whether anything was parked since. */
  readonly parkings: number;
}

export const NOTHING_HANDLED: SubjectHead = { head: 0, parked: false, parkings: 0 };

/**
 * - `apply`: it is next.
 * - `duplicate`: it was handled before.
 * - `hold`: something before it has not come yet.
 * - `behind`: something before it is parked, so it must wait there too.
 */
export type SequenceDecision = 'apply' | 'duplicate' | 'hold' | 'behind';

/** Whether the event at `sequence` is next, old or early. */
export function decideSequence(known: SubjectHead, sequence: number): SequenceDecision {
  if (sequence <= known.head) return 'duplicate';
  if (sequence === known.head + 1) return 'apply';
  return known.parked ? 'behind' : 'hold';
}
