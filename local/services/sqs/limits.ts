/**
 * The limits of Amazon SQS.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html
 */
export const LIMITS = {
  /** Bytes of a message or of all messages of a batch, attributes included (1 MiB since August 2025). */
  messageBytes: 1_048_576,
  batchEntries: 10,
  messageAttributes: 10,
  /** Messages received and not yet deleted. A standard queue refuses more (`OverLimit`), a FIFO queue returns none. */
  inFlight: 120_000,
  delaySeconds: 900,
  visibilitySeconds: 43_200,
  waitSeconds: 20,
  retentionSeconds: { least: 60, most: 1_209_600 },
  deduplicationMs: 5 * 60_000,
  purgeEveryMs: 60_000,
  moveTasksKept: 10,
  moveMessagesPerSecond: 500,
  activeMoveTasks: 100,
} as const;
