import { AwsError } from '../../kernel/index.ts';

export function invalidParameter(text: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid parameter: ${text}`, { queryCode: 'InvalidParameter' });
}

/** A message attribute that SNS does not take. */
export function invalidAttributeValue(text: string): AwsError {
  return new AwsError('InvalidParameterValueException', text, { queryCode: 'ParameterValueInvalid' });
}

export function notFound(what: 'Topic' | 'Subscription'): AwsError {
  return new AwsError('NotFoundException', `${what} does not exist`, { queryCode: 'NotFound', status: 404 });
}

/** An error whose SDK name carries the suffix that its wire code lacks. */
export function batchError(code: string, text: string): AwsError {
  return new AwsError(`${code}Exception`, text, { queryCode: code });
}
