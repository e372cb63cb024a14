import type { Key } from './batch-get.ts';

const MOST_PARTITION_KEY_BYTES = 2_048;
const MOST_SORT_KEY_BYTES = 1_024;

/**
 * What DynamoDB would refuse about a key of texts, its partition key first: one such key fails the whole batch it is read in.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export function keyProblem(key: Key): string | undefined {
  for (const [index, [name, value]] of Object.entries(key).entries()) {
    if (typeof value !== 'string' || value === '')
      return `The key attribute ${name} is ${JSON.stringify(value)}; it must be a text that is not empty.`;
    const most = index === 0 ? MOST_PARTITION_KEY_BYTES : MOST_SORT_KEY_BYTES;
    const bytes = Buffer.byteLength(value);
    if (bytes > most) return `The key attribute ${name} has ${bytes} bytes; DynamoDB takes ${most}.`;
  }
  return undefined;
}
