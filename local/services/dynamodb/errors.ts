import { AwsError, type ErrorDetails } from '../../kernel/index.ts';

/** The refusals of DynamoDB, in its own words. */

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** The commonest form of refusal: a value that cannot be. */
export function invalidParameter(problem: string): AwsError {
  return validation(`One or more parameter values were invalid: ${problem}`);
}

export function resourceNotFound(message = 'Requested resource not found'): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function resourceInUse(message: string): AwsError {
  return new AwsError('ResourceInUseException', message);
}

export function conditionFailed(details: ErrorDetails = {}): AwsError {
  return new AwsError('ConditionalCheckFailedException', 'The conditional request failed', { details });
}

/**
 * What DynamoDB answers when another request is at work on the same item: contention, not a failed condition. The service itself
 * does one request after another and never says it; simulations do, in its name.
 *
 * @param actions how many actions the transaction has
 * @param at which of them met the other request
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export function transactionConflict(actions: number, at: number): AwsError {
  const reasons = Array.from({ length: actions }, (_, action) =>
    action === at ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' } : { Code: 'None' },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { details: { CancellationReasons: reasons } },
  );
}
