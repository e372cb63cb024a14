/** Quotas of Step Functions that change what an execution does (AWS Step Functions service quotas). */
export const LIMITS = {
  /** Events in a Standard execution's history; the last one is the failure that says so. */
  historyEvents: 25_000,
  /** Bytes of a state's input, output or result, of an execution's input, and of a task's answer. */
  payloadBytes: 262_144,
  /** Bytes of a definition. */
  definitionBytes: 1_048_576,
  /** How long an Express execution may run. */
  expressMs: 5 * 60_000,
  /** How long a Standard execution may run. */
  standardMs: 365 * 24 * 3_600_000,
  /** Iterations of an inline Map that run at once when `MaxConcurrency` is 0. */
  inlineConcurrency: 40,
  /** Child executions of a distributed Map that run at once when `MaxConcurrency` is 0. */
  distributedConcurrency: 10_000,
  /** Events after which an Express execution, which keeps no history, is taken for an endless loop and timed out. */
  expressEvents: 250_000,
  nameLength: 80,
  pageSize: 1000,
  defaultPageSize: 100,
} as const;
