import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../../kernel/index.ts';
import type { Constraints } from './constraints.ts';
import type { EmptyKeyError } from './keys.ts';

/** What both kinds of transactions have in common. */

const MAX_ACTIONS = 100;
export const MAX_TRANSACTION_BYTES = 4 * 1_048_576;
/** Transactions take twice the capacity: once to prepare, once to commit. */
export const TRANSACTION_FACTOR = 2;

export function requireActionCount(constraints: Constraints, actions: readonly object[]): void {
  if (actions.length === 0) constraints.violated('[]', 'transactItems', 'Member must have length greater than or equal to 1');
  if (actions.length > MAX_ACTIONS) {
    const shown = `[${actions.map((action) => JSON.stringify(action)).join(', ')}]`;
    constraints.violated(shown, 'transactItems', `Member must have length less than or equal to ${MAX_ACTIONS}`);
  }
  constraints.check();
}

export interface Outcome<Value> {
  readonly value: Value | undefined;
  readonly reason: CancellationReason | undefined;
}

/**
 * What an action comes to: a value, or the reason for which it cancels the transaction.
 *
 * @param fatal errors that refuse the whole request instead
 */
export function reasonable<Value>(attempt: () => Value, fatal?: typeof EmptyKeyError): Outcome<Value> {
  try {
    return { value: attempt(), reason: undefined };
  } catch (error) {
    if (!(error instanceof AwsError) || (fatal && error instanceof fatal)) throw error;
    if (error.code === 'ConditionalCheckFailedException') {
      return { value: undefined, reason: { Code: 'ConditionalCheckFailed', Message: error.message, ...error.details } };
    }
    if (error.code === 'ValidationException') {
      return { value: undefined, reason: { Code: 'ValidationError', Message: error.message } };
    }
    throw error;
  }
}

export function cancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { details: { CancellationReasons: reasons } },
  );
}
