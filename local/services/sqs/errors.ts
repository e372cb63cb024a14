import { AwsError } from '../../kernel/index.ts';

/** The prefix that codes keep from the days of the query protocol. */
const LEGACY = 'AWS.SimpleQueueService.';

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** A parameter whose value is wrong, in the words SQS uses for all of them. */
export function invalidValue(value: unknown, parameter: string, reason: string): AwsError {
  return invalidParameter(`Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`);
}

export function missingParameter(parameter: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${parameter}.`);
}

export function queueDoesNotExist(): AwsError {
  return legacy('QueueDoesNotExist', 'The specified queue does not exist.', 'NonExistentQueue');
}

/** An error that the query protocol knows under the old prefix. */
export function legacy(code: string, message: string, queryName: string = code, status = 400): AwsError {
  return new AwsError(code, message, { queryCode: LEGACY + queryName, status });
}

export function resourceNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { status: 404 });
}
