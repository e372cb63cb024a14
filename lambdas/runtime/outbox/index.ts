/** The outbox: state and events durable together (G1), every event published at least once and in subject order (G2). */
export { type Change, type CommitAllOptions, commitAll } from './commit-all.ts';
export type { CommitAllResult, CommitConflict, CommitResult, Committed, WithRefused } from './commit-result.ts';
export type { Aggregate } from './item.ts';
export { type Commit, type Outbox, type OutboxOptions, outbox, type PreparedCommit } from './outbox.ts';
export { OutboxError, type OutboxErrorCode } from './outbox-error.ts';
export { type Decision, type ParkedSubject, type ParkedSubjects, parkedSubjects } from './parked.ts';
