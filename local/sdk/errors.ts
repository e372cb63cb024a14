import { AwsError } from '../kernel/index.ts';
import type { SdkModule } from './services.ts';

type ExceptionClass = new (options: object) => Error & Record<string, unknown>;

/**
 * The exception that the SDK would throw for this refusal: the modelled class where the client's package has one
 * (`ConditionalCheckFailedException`), else the package's base class under the error's own name.
 */
export function sdkException(error: AwsError, module: SdkModule, metadata: object): Error {
  const options = { name: error.code, message: error.message, $fault: error.fault, $metadata: metadata };
  const Modelled = exceptionClass(module, error.code) ?? baseClass(module);
  const exception = Modelled ? new Modelled(options) : Object.assign(new Error(error.message), options);
  Object.assign(exception, error.details, { $fault: error.fault, $metadata: metadata });
  exception.name = error.code;
  if (error.queryCode !== error.code) {
    Object.assign(exception, { Error: { Code: error.queryCode, Type: error.fault === 'client' ? 'Sender' : 'Receiver' } });
  }
  exception.cause = error;
  return exception;
}

/** What the SDK can tell of an error: S3 answers HEAD requests, and what is not modified, without a body that would say more than the status. */
export function asHeard(error: AwsError, service: string, operation: string): AwsError {
  const silent = service === 's3' && (error.status === 304 || (operation.startsWith('Head') && error.status !== 404));
  return silent ? new AwsError('Unknown', 'UnknownError', { status: error.status, cause: error }) : error;
}

function exceptionClass(module: SdkModule, name: string): ExceptionClass | undefined {
  const candidate = module[name];
  return typeof candidate === 'function' && candidate.prototype instanceof Error ? (candidate as ExceptionClass) : undefined;
}

function baseClass(module: SdkModule): ExceptionClass | undefined {
  const name = Object.keys(module).find((key) => key.endsWith('ServiceException'));
  return name === undefined ? undefined : exceptionClass(module, name);
}
