import { AwsError } from '../../kernel/index.ts';

export function parameterNotFound(): AwsError {
  return new AwsError('ParameterNotFound', '');
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** A member of the request that breaks a constraint of its model. */
export function constraint(value: string | number, at: string, rule: string): AwsError {
  return validation(`1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: Member must ${rule}`);
}
