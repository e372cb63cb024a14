/** A filter policy that SNS refuses, and why, in its words. */
export class FilterPolicyError extends Error {
  override readonly name = 'FilterPolicyError';
}
