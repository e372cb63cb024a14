import type { AddressInfo } from 'node:net';
import { type Incoming, Listener, type Outgoing } from './listener.ts';
import { utf8, type WireRequest, type WireResponse } from './message.ts';
import type { Wire } from './wire.ts';

export interface ServeOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** A loopback address: the local cloud has no passwords, so it is for this machine alone. @default '127.0.0.1' */
  readonly host?: '127.0.0.1' | '::1' | 'localhost';
  /** The most bytes a request's body may have; more is answered 413. @default 256 MiB */
  readonly maxBodyBytes?: number;
}

export interface WireServer {
  readonly port: number;
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** Takes no more connections, lets requests under way finish for up to `graceMs` milliseconds (@default 1000), then cuts them off. */
  close(graceMs?: number): Promise<void>;
}

/** Why a server does not listen. */
export class ListenError extends Error {
  readonly code: 'PORT_TAKEN' | 'PORT_FORBIDDEN' | 'LISTEN_FAILED';

  constructor(code: ListenError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
    this.code = code;
  }
}

const MAX_BODY_BYTES = 256 * 1024 * 1024;
const GRACE_MS = 1_000;

/**
 * Serves a wire on a port of this machine.
 *
 * @example const server = await serveWire(wire, { port: 4566 });
 * @throws ListenError `PORT_TAKEN` when another program listens there, `PORT_FORBIDDEN` when the system reserves the port
 */
export async function serveWire(wire: Pick<Wire, 'handle'>, options: ServeOptions): Promise<WireServer> {
  const host = options.host ?? '127.0.0.1';
  const limit = options.maxBodyBytes ?? MAX_BODY_BYTES;
  const listener = new Listener((request, response) => {
    answer(wire, request, response, limit).catch((fault: unknown) => fail(request, response, fault));
  });
  const { port } = await listen(listener, options.port, host);
  return {
    port,
    url: `http://${host === '::1' ? '[::1]' : host}:${port}`,
    close: (graceMs = GRACE_MS) => listener.close(graceMs),
  };
}

/** Answers for a handler that threw. When the connection is what broke, nobody is left to be told. */
function fail(request: Incoming, response: Outgoing, fault: unknown): void {
  if (request.destroyed && !request.complete) return;
  console.error(fault);
  if (response.headersSent) {
    if ('stream' in response) response.stream.destroy();
    else response.destroy();
    return;
  }
  const body = utf8(JSON.stringify({ message: fault instanceof Error ? fault.message : String(fault) }));
  send(request, response, { status: 500, headers: { 'content-type': 'application/json' }, body });
}

async function answer(wire: Pick<Wire, 'handle'>, request: Incoming, response: Outgoing, limit: number): Promise<void> {
  const body = await readBody(request, limit);
  if (body === undefined) {
    send(request, response, {
      status: 413,
      headers: { 'content-type': 'text/plain' },
      body: utf8(`The body of a request may have up to ${limit} bytes here.\n`),
    });
    return;
  }
  send(request, response, await wire.handle(wireRequest(request, body)));
}

/** The whole body; undefined when it has more than `limit` bytes. */
async function readBody(request: Incoming, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  if (length > limit) return undefined;
  const [first = Buffer.alloc(0)] = chunks;
  return chunks.length <= 1 ? first : Buffer.concat(chunks, length);
}

function wireRequest(request: Incoming, body: Uint8Array): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith(':')) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  // HTTP/2 names the host in a pseudo-header.
  const authority = request.headers[':authority'];
  if (typeof authority === 'string') headers.host ??= authority;
  const sourceIp = request.socket.remoteAddress;
  const repeated = repeatedIn(request.rawHeaders);
  return { method: request.method ?? 'GET', url: request.url ?? '/', headers, repeated, body, ...(sourceIp ? { sourceIp } : {}) };
}

/** @param raw names and values in turn, as they came */
function repeatedIn(raw: readonly string[]): Record<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]?.toLowerCase() ?? '';
    // HTTP/2 sends a cookie in pieces, which are one header.
    if (name === 'cookie' || name.startsWith(':')) continue;
    const known = values.get(name);
    if (known) known.push(raw[at + 1] ?? '');
    else values.set(name, [raw[at + 1] ?? '']);
  }
  return Object.fromEntries([...values].filter(([, all]) => all.length > 1));
}

/** Headers of a connection, which HTTP/2 forbids. */
const CONNECTION_HEADERS = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

function send(request: Incoming, response: Outgoing, { status, headers, body }: WireResponse): void {
  const isHttp2 = request.httpVersionMajor === 2;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (!isHttp2 || !CONNECTION_HEADERS.has(name)) response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  // The answer to HEAD tells the length of the body it leaves out.
  const bodiless = request.method === 'HEAD' || status === 204 || status === 304;
  if (!bodiless) response.setHeader('content-length', String(body.length));
  if (bodiless) response.end();
  else response.end(body);
}

function listen({ server }: Listener, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)));
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        reject(new ListenError('LISTEN_FAILED', `No address at ${host}:${port}.`, address));
      else resolve(address);
    });
  });
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): ListenError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError(
        'PORT_TAKEN',
        `Port ${port} on ${host} is taken. End the program that listens there, or choose another port.`,
        error,
      );
    case 'EACCES':
      return new ListenError('PORT_FORBIDDEN', `Port ${port} needs rights this user lacks. Choose one above 1023.`, error);
    default:
      return new ListenError('LISTEN_FAILED', `Cannot listen on ${host}:${port}: ${error.message}`, error);
  }
}
