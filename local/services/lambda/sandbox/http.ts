import * as nodeHttp from 'node:http';
import { Readable, Writable } from 'node:stream';
import { type HttpRequest, type HttpResponse, SandboxError, type SandboxHost } from './host.ts';

type RequestOptions = nodeHttp.RequestOptions & { readonly servername?: string };
type OnResponse = (response: IncomingResponse) => void;

/** The answer to a request, as `node:http` hands it out. */
class IncomingResponse extends Readable {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Record<string, string>;
  readonly rawHeaders: string[];
  readonly httpVersion = '1.1';
  readonly complete = true;
  readonly socket = null;

  constructor(answer: HttpResponse) {
    const body = Buffer.from(answer.body);
    super({
      read() {
        this.push(body);
        this.push(null);
      },
    });
    this.statusCode = answer.status;
    this.statusMessage = nodeHttp.STATUS_CODES[answer.status] ?? '';
    const pairs = headerPairs(answer);
    this.headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]),
    );
    this.rawHeaders = pairs.flat();
  }

  setTimeout(): this {
    return this;
  }
}

/** A request of `node:http` that is answered by the local cloud once its body is complete. */
class OutgoingRequest extends Writable {
  readonly #chunks: Buffer[] = [];
  readonly #headers = new Map<string, string>();
  readonly #host: SandboxHost;
  readonly #url: URL;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly protocol: string;
  readonly socket = null;
  readonly connection = null;
  aborted = false;

  constructor(host: SandboxHost, url: URL, options: RequestOptions, onResponse: OnResponse | undefined) {
    super();
    this.#host = host;
    this.#url = url;
    this.method = (options.method ?? 'GET').toUpperCase();
    this.path = url.pathname + url.search;
    this.host = url.hostname;
    this.protocol = url.protocol;
    for (const [name, value] of Object.entries(options.headers ?? {})) if (value !== undefined) this.setHeader(name, value as string);
    if (onResponse) this.once('response', onResponse);
  }

  setHeader(name: string, value: string | number | readonly string[]): this {
    this.#headers.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value));
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  getHeaders(): Record<string, string> {
    return Object.fromEntries(this.#headers);
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  flushHeaders(): void {}

  setTimeout(): this {
    return this;
  }

  setNoDelay(): void {}

  setSocketKeepAlive(): void {}

  abort(): void {
    this.aborted = true;
    this.destroy();
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    done();
  }

  override _final(done: () => void): void {
    done();
    const request = requestTo(this.#host, this.#url, this.method, this.getHeaders(), Buffer.concat(this.#chunks));
    this.#host.http(request).then(
      (answer) => {
        if (!this.destroyed || !this.aborted) this.emit('response', new IncomingResponse(answer));
      },
      (error: Error) => this.destroy(error),
    );
  }
}

function requestTo(host: SandboxHost, url: URL, method: string, headers: Record<string, string>, body: Uint8Array): HttpRequest {
  return {
    method,
    url: url.href,
    host: url.host,
    path: url.pathname + url.search,
    headers: { host: url.host, ...headers },
    body,
    principal: host.identity.principal,
    functionName: host.functionName,
  };
}

function headerPairs(answer: HttpResponse): [string, string][] {
  return Object.entries(answer.headers).flatMap(([name, value]) => [value].flat().map((item): [string, string] => [name, String(item)]));
}

function urlOf(options: RequestOptions, protocol: string): URL {
  const scheme = options.protocol ?? protocol;
  const url = new URL(`${scheme}//${options.hostname ?? options.host ?? 'localhost'}`);
  if (options.port) url.port = String(options.port);
  return new URL(options.path ?? '/', url);
}

/** `node:http` or `node:https`: requests go to the local cloud, servers and sockets are refused. */
export function httpModule(host: SandboxHost, protocol: 'http:' | 'https:'): object {
  const request = (...values: unknown[]): OutgoingRequest => {
    const onResponse = typeof values.at(-1) === 'function' ? (values.pop() as OnResponse) : undefined;
    const [target, more] = values as [string | URL | RequestOptions, RequestOptions | undefined];
    const isAddress = typeof target === 'string' || target instanceof URL;
    const options = isAddress ? (more ?? {}) : target;
    return new OutgoingRequest(host, isAddress ? new URL(target) : urlOf(options, protocol), options, onResponse);
  };
  const refuse = (): never => {
    throw new SandboxError(host.functionName, 'started a server', 'A function on Lambda is called, it can not listen.');
  };
  const { Agent, METHODS, STATUS_CODES, maxHeaderSize, IncomingMessage, ClientRequest, OutgoingMessage, ServerResponse } = nodeHttp;
  return {
    request,
    get: (...values: unknown[]) => request(...values).end(),
    createServer: refuse,
    Server: refuse,
    Agent,
    globalAgent: new Agent(),
    METHODS,
    STATUS_CODES,
    maxHeaderSize,
    IncomingMessage,
    ClientRequest,
    OutgoingMessage,
    ServerResponse,
    validateHeaderName: nodeHttp.validateHeaderName,
    validateHeaderValue: nodeHttp.validateHeaderValue,
  };
}

/** The global `fetch`, answered by the local cloud. */
export function fetchFunction(host: SandboxHost): typeof fetch {
  return async (input, init) => {
    const caller = new Error('fetch').stack?.split('\n').slice(1) ?? [];
    const request = new Request(input, init);
    const body = new Uint8Array(await host.outside('fetch', request.arrayBuffer()));
    const url = new URL(request.url);
    const answered = host.http(requestTo(host, url, request.method, Object.fromEntries(request.headers), body)).catch((error: unknown) => {
      // Refused once the body was read: say where the function asked for it.
      if (error instanceof SandboxError) error.stack = [`${error.name}: ${error.message}`, ...caller].join('\n');
      throw error;
    });
    const answer = await untilAborted(answered, init?.signal ?? undefined);
    const empty = [101, 204, 205, 304].includes(answer.status);
    const response = new Response(empty ? null : Buffer.from(answer.body), { status: answer.status, headers: headerPairs(answer) });
    return Object.defineProperty(response, 'url', { value: request.url });
  };
}

function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
