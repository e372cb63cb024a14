/**
 * What a function that reports batch item failures says of its batch: the identifiers that failed, or `all` where the
 * answer can't be read, which Lambda takes as a failure of the whole batch.
 *
 * @param known identifiers in the batch; naming another one is such an answer
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function reportedFailures(payload: Uint8Array, known: (identifier: string) => boolean): ReadonlySet<string> | 'all' {
  if (payload.length === 0) return new Set();
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.from(payload).toString());
  } catch {
    return 'all';
  }
  if (typeof answer !== 'object' || answer === null) return new Set();
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return 'all';
  const identifiers = new Set<string>();
  for (const failure of failures) {
    const identifier: unknown =
      typeof failure === 'object' && failure !== null ? (failure as { itemIdentifier?: unknown }).itemIdentifier : undefined;
    if (typeof identifier !== 'string' || identifier === '' || !known(identifier)) return 'all';
    identifiers.add(identifier);
  }
  return identifiers;
}
