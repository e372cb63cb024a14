/**
 * The limits of Amazon SNS.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/sns.html
 */
export const LIMITS = {
  /** Bytes of a message or of all messages of a batch, attributes included; a topic may be set to up to 1 MiB. */
  messageBytes: 262_144,
  largestMessageBytes: 1_048_576,
  batchEntries: 10,
  subjectCharacters: 100,
  deduplicationMs: 5 * 60_000,
  filterKeys: 5,
  filterCombinations: 150,
} as const;
