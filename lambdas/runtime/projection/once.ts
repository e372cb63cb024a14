/**
 * How a row knows which events it reflects already.
 *
 * - `per-subject`: the row carries the last sequence of each subject that feeds it. For rows fed by one subject, or a few.
 * - `per-shard`: the row carries the last position of each shard that feeds it. For rows fed by many subjects of a stream
 *   that is read one batch a shard at a time.
 * - `transaction`: all rows of a few events and the heads of their subjects are written in one transaction, at twice the price. For rows fed
 *   by many subjects of a queue, and for rows that must agree with each other at any time.
 */
export type Once = 'per-subject' | 'per-shard' | 'transaction';

/** More subjects than this in one row would make it grow without end. */
export const MOST_SUBJECTS_PER_ROW = 32;

/** Rows are fed in a way that the chosen mechanism cannot keep exact. */
export class ProjectionSetupError extends Error {
  override readonly name = 'ProjectionSetupError';
  readonly code = 'MILLRACE_PROJECTION_SETUP';
}
