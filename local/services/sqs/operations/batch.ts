import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import type { AwsError } from '../../../kernel/index.ts';
import { legacy } from '../errors.ts';
import { LIMITS } from '../limits.ts';

/**
 * The entries of a batch, if the batch as a whole is one that SQS takes.
 *
 * @throws AwsError `EmptyBatchRequest`, `TooManyEntriesInBatchRequest`, `InvalidBatchEntryId`, `BatchEntryIdsNotDistinct`
 */
export function checkBatch<Entry extends { Id: string | undefined }>(
  entries: readonly Entry[] | undefined,
  type: string,
): readonly Entry[] {
  if (!entries || entries.length === 0) throw legacy('EmptyBatchRequest', `There should be at least one ${type} in the request.`);
  if (entries.length > LIMITS.batchEntries) {
    const text = `Maximum number of entries per request are ${LIMITS.batchEntries}. You have sent ${entries.length}.`;
    throw legacy('TooManyEntriesInBatchRequest', text);
  }
  const seen = new Set<string>();
  for (const { Id: id = '' } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id)) {
      const text = 'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';
      throw legacy('InvalidBatchEntryId', text);
    }
    if (seen.has(id)) throw legacy('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    seen.add(id);
  }
  return entries;
}

export function failedEntry(id: string | undefined, error: AwsError): BatchResultErrorEntry {
  return { Id: id, SenderFault: error.fault === 'client', Code: error.code, Message: error.message };
}

/** The answer to a batch, in which SQS leaves out an empty list. */
export function batchAnswer<Entry>(
  successful: Entry[],
  failed: BatchResultErrorEntry[],
): { Successful: Entry[] | undefined; Failed: BatchResultErrorEntry[] | undefined } {
  return { Successful: successful.length > 0 ? successful : undefined, Failed: failed.length > 0 ? failed : undefined };
}
