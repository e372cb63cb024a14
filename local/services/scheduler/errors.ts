import { AwsError } from '../../kernel/index.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { status: 404 });
}

export function conflict(message: string): AwsError {
  return new AwsError('ConflictException', message, { status: 409 });
}

/** @throws AwsError ValidationException unless the name has AWS's form */
export function checkName(name: string | undefined, at: string): string {
  if (name !== undefined && /^[0-9a-zA-Z-_.]{1,64}$/.test(name)) return name;
  const shown = name === undefined ? 'Value null' : `Value '${name}'`;
  throw validationError(
    `1 validation error detected: ${shown} at '${at}' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-zA-Z-_.]+`,
  );
}
