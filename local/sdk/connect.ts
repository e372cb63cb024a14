import { AwsError, Kernel, ROOT, type ServiceCall } from '../kernel/index.ts';
import { BlobPayload, readBody, streamingBody } from './bodies.ts';
import { asHeard, sdkException } from './errors.ts';
import { plainCopy } from './plain.ts';
import { kernelPort, type SdkPort } from './port.ts';
import { backoff, DEFAULT_MAX_ATTEMPTS, isRetryable } from './retry.ts';
import { loadSdkModule, type SdkService, sdkService } from './services.ts';

/** Any client of the AWS SDK for JavaScript v3. */
export interface SdkClient {
  readonly config: object;
  readonly middlewareStack: {
    add(middleware: never, options: never): void;
    remove(name: string): boolean;
  };
}

export interface ConnectOptions {
  /** Attempts for throttling and server faults, the first included. @default 3, as the SDK's standard mode */
  readonly maxAttempts?: number;
}

interface MiddlewareArgs {
  readonly input: object;
}
interface MiddlewareOutput {
  readonly output: object;
  readonly response: unknown;
}
type Handler = (args: MiddlewareArgs) => Promise<MiddlewareOutput>;
interface Stack {
  add(middleware: (next: Handler) => Handler, options: object): void;
  remove(name: string): boolean;
  clone(): Stack;
  resolve(handler: Handler, context: object): Handler;
}
interface MiddlewareContext {
  readonly commandName: string;
  readonly __smithy_context: {
    readonly commandInstance: { readonly middlewareStack: Stack };
    readonly abortSignal?: AbortSignal;
  };
}

/** Middlewares that only matter to a request which leaves the process. */
const WIRE_ONLY = [
  'contentLengthMiddleware',
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'recursionDetectionMiddleware',
  'retryMiddleware',
  'httpSigningMiddleware',
];

const passThrough = (next: Handler): Handler => next;

/**
 * Makes a client of the AWS SDK answer from the local cloud, in process: at the `initialize` step, after every other
 * middleware of that step, so that the SDK's own checks (MD5s of SQS) and the document client's marshalling still run.
 * Throttling and server faults are retried as the SDK's standard mode does, on the kernel's clock.
 *
 * @example const sqs = connect(new SQSClient({}), kernel);
 * @param principal ARN of the role that calls. @default the account's root
 * @returns the same client
 */
export function connect<Client extends SdkClient>(
  client: Client,
  cloud: Kernel | SdkPort,
  principal: string = ROOT,
  options: ConnectOptions = {},
): Client {
  const service = sdkService(String((client.config as { serviceId?: unknown }).serviceId));
  const port = cloud instanceof Kernel ? kernelPort(cloud) : cloud;
  const send = sender(service, port, principal, options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS);
  const stack = client.middlewareStack as unknown as Stack;
  for (const name of WIRE_ONLY) stack.remove(name);
  const answer = (_next: Handler, context: MiddlewareContext): Handler => {
    const operation = context.commandName.replace(/Command$/, '');
    const { abortSignal, commandInstance } = context.__smithy_context;
    const handler: Handler = (args) => abortable(send(operation, args.input), abortSignal);
    return service.name === 'dynamodb' ? marshalling(commandInstance.middlewareStack, handler, context) : handler;
  };
  stack.add(answer as (next: Handler) => Handler, { step: 'initialize', priority: 'low', name: 'localCloud', override: true });
  return client;
}

/** The document client marshals relative to the serializer, a step that is never reached here: its two middlewares are run by themselves. */
function marshalling(commandStack: Stack, handler: Handler, context: MiddlewareContext): Handler {
  const stack = commandStack.clone();
  stack.remove('endpointV2Middleware');
  stack.add(passThrough, { step: 'serialize', name: 'serializerMiddleware' });
  stack.add(passThrough, { step: 'deserialize', name: 'deserializerMiddleware' });
  return stack.resolve(handler, context);
}

type Send = (operation: string, input: object) => Promise<MiddlewareOutput>;

function sender(service: SdkService, port: SdkPort, principal: string, maxAttempts: number): Send {
  return async (operation, input) => {
    const call: ServiceCall = { service: service.name, operation, input: await requestOf(service, input), principal };
    let totalRetryDelay = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const output = answerOf(service, operation, await port.call(call));
        const response = { $metadata: { httpStatusCode: 200, attempts: attempt, totalRetryDelay }, ...output };
        return { output: response, response: {} };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        if (attempt < maxAttempts && isRetryable(error)) {
          const delay = backoff(error, attempt, port.random());
          totalRetryDelay += delay;
          await port.sleep(delay);
          continue;
        }
        throw sdkException(asHeard(error, service.name, operation), loadSdkModule(service.client), {
          httpStatusCode: error.status,
          attempts: attempt,
          totalRetryDelay,
        });
      }
    }
  };
}

async function requestOf(service: SdkService, input: object): Promise<object> {
  const request: Record<string, unknown> = plainCopy({ ...input });
  if (service.name === 's3' && 'Body' in request) request.Body = await readBody(request.Body);
  if (service.name === 'lambda' && typeof request.Payload === 'string') request.Payload = Buffer.from(request.Payload);
  return request;
}

function answerOf(service: SdkService, operation: string, output: object): object {
  const answer: Record<string, unknown> = plainCopy({ ...output });
  const { Body: body, Payload: payload } = answer;
  if (service.name === 's3' && operation === 'GetObject' && body instanceof Uint8Array) answer.Body = streamingBody(body);
  if (service.name === 'lambda' && payload instanceof Uint8Array) answer.Payload = new BlobPayload(payload);
  return answer;
}

function abortable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
