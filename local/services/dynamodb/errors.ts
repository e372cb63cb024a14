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
