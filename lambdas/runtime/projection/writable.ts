import { marshall, type NativeAttributeValue } from '@aws-sdk/util-dynamodb';
import { itemBytes, MAX_ITEM_BYTES } from '../outbox/item-size.ts';
import type { StoredRow } from './fold.ts';

/** Maps and lists in each other, as deep as DynamoDB takes them. */
const MOST_DEEP = 32;
/** DynamoDB holds no number closer to 0. */
const LEAST_NUMBER = 1e-130;
/** For key, version and the names of what the kit keeps beside the row. */
const RESERVE_BYTES = 4 * 1024;

/** Why DynamoDB would never take this row, whoever writes it: its content, not its key. Undefined when it takes it. */
export function whyUnwritable({ row = {}, heads }: StoredRow): string | undefined {
  try {
    marshall(row as Record<string, NativeAttributeValue>, { removeUndefinedValues: true });
  } catch (error) {
    return `DynamoDB can't hold the row: ${error instanceof Error ? error.message : String(error)}`;
  }
  const bytes = itemBytes(row) + itemBytes(heads) + RESERVE_BYTES;
  if (bytes > MAX_ITEM_BYTES)
    return `The row has more than ${MAX_ITEM_BYTES - RESERVE_BYTES} bytes; DynamoDB takes ${MAX_ITEM_BYTES} in all.`;
  return problemIn(row, 0);
}

function problemIn(value: unknown, depth: number): string | undefined {
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < LEAST_NUMBER) return `DynamoDB can't hold the number ${value}.`;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  if (depth > MOST_DEEP) return `The row has more than ${MOST_DEEP} levels.`;
  const members = value instanceof Set || Array.isArray(value) ? [...value] : Object.values(value);
  if (!(value instanceof Set) && '' in value) return 'The row has an attribute without a name.';
  for (const member of members) {
    const problem = problemIn(member, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
