import { AwsError } from '../../kernel/index.ts';
import type { CatalogueEntry } from '../catalogue.ts';
import { queryErrorOf, type ServiceModel } from '../model/service-model.ts';
import type { StructureShape } from '../model/shape.ts';

/** A refusal as protocols need it: its names in both worlds, and the members that its shape has. */
export interface Failure {
  /** The exception's name: `QueueDoesNotExist`. */
  readonly name: string;
  /** Its code in the query protocol: `AWS.SimpleQueueService.NonExistentQueue`. */
  readonly queryCode: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Absent for errors that the service's model does not list, such as `ValidationException`. */
  readonly shape?: StructureShape;
}

/** What a thrown value is to the caller. Anything but an {@link AwsError} is a fault of the local cloud and says so. */
export function failureOf(error: unknown, model: ServiceModel | undefined): Failure {
  if (!(error instanceof AwsError)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { name: 'InternalFailure', queryCode: 'InternalFailure', status: 500, fault: 'server', message, details: {} };
  }
  const shape = model?.errors.get(error.code);
  const query = queryErrorOf(shape);
  const name = shape?.name ?? error.code;
  return {
    name,
    queryCode: error.queryCode !== error.code ? error.queryCode : (query?.code ?? name),
    status: statusOf(error, shape, query?.status),
    fault: error.fault,
    message: error.message,
    details: error.details,
    ...(shape ? { shape } : {}),
  };
}

/** The status that the service gave, or where it left the default, the one of its model. */
function statusOf(error: AwsError, shape: StructureShape | undefined, queryStatus: number | undefined): number {
  const standard = error.fault === 'client' ? 400 : 500;
  if (error.status !== standard) return error.status;
  const modelled = shape?.traits.httpError ?? queryStatus;
  return typeof modelled === 'number' ? modelled : standard;
}

/**
 * The refusal of an operation that the local cloud does not have.
 *
 * @param cause the service's own refusal; its text is kept when it names the operation
 */
export function lacking(service: string, operation: string | undefined, cause?: AwsError): AwsError {
  const what = operation === undefined ? `the service '${service}'` : `${service}:${operation}`;
  const own = operation !== undefined && cause?.message.includes(operation) ? cause.message : undefined;
  return new AwsError('UnknownOperationException', own ?? `The local cloud does not have ${what}.`, { status: 501, cause });
}

/** The code and fault for services that moved from the query protocol and whose older clients look for its codes. */
export function queryErrorHeader(entry: CatalogueEntry | undefined, failure: Failure): Record<string, string> {
  if (!entry?.queryCompatible) return {};
  return { 'x-amzn-query-error': `${failure.queryCode};${failure.fault === 'client' ? 'Sender' : 'Receiver'}` };
}
