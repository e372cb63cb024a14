import { AwsError } from '../../kernel/index.ts';

export function parameterNotFound(): AwsError {
  return new AwsError('ParameterNotFound', '');
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
