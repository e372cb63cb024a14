import { ACCOUNT, AwsError } from '../../kernel/index.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** A member of the request that breaks a constraint of its model. */
export function constraintError(value: unknown, at: string, rule: string): AwsError {
  const shown = value === undefined ? 'Value null' : `Value '${String(value)}'`;
  return validationError(`1 validation error detected: ${shown} at '${at}' failed to satisfy constraint: Member must ${rule}`);
}

export function invalidArgument(message: string): AwsError {
  return new AwsError('InvalidArgumentException', message);
}

export function streamNotFound(name: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Stream ${name} under account ${ACCOUNT} not found.`);
}

export function shardNotFound(shardId: string, stream: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Shard ${shardId} in stream ${stream} under account ${ACCOUNT} does not exist`);
}

export const THROUGHPUT_EXCEEDED = 'ProvisionedThroughputExceededException';

export function rateExceeded(shardId: string, stream: string): string {
  return `Rate exceeded for shard ${shardId} in stream ${stream} under account ${ACCOUNT}.`;
}
