import { AwsError } from '../../kernel/index.ts';

/**
 * DynamoDB checks requests in two layers, which word the same fault differently; which one an operation goes through was
 * measured in us-east-1 in October 2026 (paritysuite/dynamodb-conformance).
 */
export type Layer = 'current' | 'older';

export interface Wording {
  readonly layer: Layer;
  /** Faults of the request come as `1 validation error detected: …`. */
  readonly envelope: boolean;
}

/** PutItem, UpdateItem, DeleteItem. */
export const ENVELOPED: Wording = { layer: 'current', envelope: true };
/** GetItem, BatchGetItem, Query. */
export const CURRENT: Wording = { layer: 'current', envelope: false };
/** Scan, BatchWriteItem and transactions. */
export const OLDER: Wording = { layer: 'older', envelope: false };

/** Runs checks of a request, and words what they throw. */
export function worded<Result>({ envelope }: Wording, check: () => Result): Result {
  if (!envelope) return check();
  try {
    return check();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException' || /^\d+ validation error/.test(error.message)) throw error;
    throw new AwsError(error.code, `1 validation error detected: ${error.message}`, { cause: error });
  }
}
