import { AwsError, type Kernel, ROOT, type ServiceName, seededRandom } from '../kernel/index.ts';
import { loadSdkModule } from '../sdk/services.ts';
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';
import { scopeOf } from './credentials.ts';
import { decodeBody } from './decode-body.ts';
import { handleGateway } from './execute-api.ts';
import { handleFunctionUrl } from './function-url.ts';
import { health, isThere } from './health.ts';
import { type ParsedRequest, parseRequest, type WireRequest, type WireResponse } from './message.ts';
import { hasEventStream, readServiceModel, type ServiceModel } from './model/service-model.ts';
import { refuseForeignPages } from './origin.ts';
import { type Exchange, type FailureContext, failureOf, lacking, protocolOf, writeFailure } from './protocols/index.ts';
import { localQueueUrls } from './queue-urls.ts';
import { type Destination, route } from './route.ts';

/** The part of the kernel that the wire needs. */
export type WireKernel = Pick<Kernel, 'call' | 'service' | 'now'>;

export interface WireOptions {
  /**
   * Who calls, by the access key that signed the request: the ARN of a function's role for the keys that functions get.
   *
   * @default the account's root, for every key
   */
  readonly principalOf?: (accessKeyId: string) => string | undefined;
  /** Is told of faults of the local cloud itself, which callers see as `InternalFailure`. @default prints them to stderr */
  readonly onFault?: (fault: unknown, request: WireRequest) => void;
}

/** AWS's protocols, from HTTP requests to calls of the kernel and back. Knows no sockets. */
export interface Wire {
  handle(request: WireRequest): Promise<WireResponse>;
  /** Loads the models of services before their first request: 5 to 40 ms each. */
  preload(services: Iterable<ServiceName>): void;
}

/**
 * Speaks AWS's protocols for the services of a kernel, so that the AWS CLI and any SDK can call them.
 *
 * @example
 * const wire = createWire(kernel);
 * const { status } = await wire.handle({ method: 'GET', url: '/_millrace/health', headers: {}, body: new Uint8Array() });
 */
export function createWire(kernel: WireKernel, options: WireOptions = {}): Wire {
  const models = new Map<CatalogueEntry, ServiceModel>();
  // Its own randomness: a call over the wire must not change what the cloud draws next.
  const ids = seededRandom(0x77_69_72_65);
  const onFault = options.onFault ?? ((fault: unknown): void => console.error(fault));

  const modelOf = (entry: CatalogueEntry): ServiceModel => {
    let model = models.get(entry);
    if (!model) {
      model = readServiceModel(loadSdkModule(entry.client));
      models.set(entry, model);
    }
    return model;
  };

  const principalOf = (request: ParsedRequest): string => {
    const scope = scopeOf(request);
    return (scope && options.principalOf?.(scope.accessKeyId)) ?? ROOT;
  };

  const serve = async (request: ParsedRequest, destination: ServiceDestination, requestId: string): Promise<WireResponse> => {
    const { entry, flavour } = destination;
    const protocol = protocolOf(flavour);
    if (!isThere(kernel, entry.service)) throw lacking(entry.service, destination.operation);
    const exchange: Exchange = { entry, flavour, requestId, model: modelOf(entry), request: decodeBody(request, entry.service) };
    const found = protocol.find(exchange, destination.operation);
    if (!found) throw lacking(entry.service, destination.operation ?? `${request.method} ${request.path}`);
    const { name } = found.operation;
    if (hasEventStream(found.operation)) throw lacking(entry.service, name);
    const input = await protocol.read(exchange, found);
    let output: object;
    try {
      output = await kernel.call({ service: entry.service, operation: name, input, principal: principalOf(request) });
    } catch (error) {
      throw isUnknownOperation(error) ? lacking(entry.service, name, error) : error;
    }
    return protocol.write(exchange, found, entry.service === 'sqs' ? localQueueUrls(output, request.host) : output);
  };

  const answer = async (request: ParsedRequest, original: WireRequest): Promise<WireResponse> => {
    const destination = route(request);
    const requestId = ids.uuid();
    try {
      switch (destination.kind) {
        case 'health':
          return health(kernel);
        case 'gateway':
          if (!isThere(kernel, 'apigateway')) throw lacking('apigateway', undefined);
          return await handleGateway(kernel, request, destination, principalOf(request));
        case 'function-url':
          if (!isThere(kernel, 'lambda')) throw lacking('lambda', undefined);
          return await handleFunctionUrl(kernel, request, destination.urlId, principalOf(request));
        case 'stranger':
          throw lacking(destination.service, destination.operation);
        case 'service':
          refuseForeignPages(request.headers.origin);
          return await serve(request, destination, requestId);
      }
    } catch (error) {
      if (!(error instanceof AwsError)) onFault(error, original);
      const context = failureContext(destination, request, requestId, models);
      return writeFailure(context, failureOf(error, context.model));
    }
  };

  return {
    async handle(original) {
      const response = await answer(parseRequest(original), original);
      return { ...response, headers: { date: new Date(kernel.now()).toUTCString(), ...response.headers } };
    },
    preload(services) {
      const wanted = new Set(services);
      for (const entry of CATALOGUE) if (wanted.has(entry.service)) modelOf(entry);
    },
  };
}

type ServiceDestination = Extract<Destination, { kind: 'service' }>;

function isUnknownOperation(error: unknown): error is AwsError {
  return error instanceof AwsError && error.code === 'UnknownOperationException';
}

function failureContext(
  destination: Destination,
  { method }: ParsedRequest,
  requestId: string,
  models: ReadonlyMap<CatalogueEntry, ServiceModel>,
): FailureContext {
  if (destination.kind !== 'service') {
    return { flavour: destination.kind === 'stranger' ? destination.flavour : 'rest-json', method, requestId };
  }
  const { entry, flavour } = destination;
  const model = models.get(entry);
  return { entry, flavour, method, requestId, ...(model ? { model } : {}) };
}
