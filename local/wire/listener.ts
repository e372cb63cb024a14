import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2';
import { createServer as createSocketServer, type Server, type Socket } from 'node:net';

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;
export type Handler = (request: Incoming, response: Outgoing) => void;

const KEEP_ALIVE_MS = 60_000;
/** What every HTTP/2 connection begins with (RFC 9113, section 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * HTTP/1.1 and, for those who begin with it, HTTP/2 on one port: the SDK's clients of streaming services (Kinesis) speak
 * HTTP/2 with any endpoint, also without TLS.
 */
export class Listener {
  readonly server: Server;
  readonly #sockets = new Map<Socket, number>();
  readonly #sessions = new Set<ServerHttp2Session>();
  #closing = false;

  constructor(handler: Handler) {
    const http1 = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      this.#track(request.socket, response);
      handler(request, response);
    });
    const http2 = createHttp2Server({}, handler);
    http2.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      // A connection that breaks is the client's affair; without a listener it would end the process.
      session.on('error', () => session.destroy());
    });
    this.server = createSocketServer((socket) => {
      this.#sockets.set(socket, 0);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      sniff(socket, (isHttp2) => (isHttp2 ? http2 : http1).emit('connection', socket));
    });
  }

  /** Takes no more connections, lets requests under way finish for up to `graceMs` milliseconds, then cuts them off. */
  close(graceMs: number): Promise<void> {
    this.#closing = true;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        for (const socket of this.#sockets.keys()) socket.destroy();
      }, graceMs);
      this.server.close((error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      });
      const speakHttp2 = new Set([...this.#sessions].map((session) => session.socket.remotePort));
      for (const session of this.#sessions) session.close();
      for (const [socket, requests] of this.#sockets) if (requests === 0 && !speakHttp2.has(socket.remotePort)) socket.destroy();
    });
  }

  #track(socket: Socket, response: ServerResponse): void {
    this.#sockets.set(socket, (this.#sockets.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (this.#sockets.get(socket) ?? 1) - 1;
      if (this.#sockets.has(socket)) this.#sockets.set(socket, left);
      if (this.#closing && left === 0) socket.end();
    });
  }
}

/** Looks at the first bytes of a connection and puts them back. */
function sniff(socket: Socket, connect: (isHttp2: boolean) => void): void {
  socket.once('data', (chunk: Buffer) => {
    socket.pause();
    socket.unshift(chunk);
    // No method of HTTP/1.1 begins with these bytes, however few of them have come.
    connect(chunk.subarray(0, PREFACE.length).equals(PREFACE.subarray(0, chunk.length)));
    process.nextTick(() => socket.resume());
  });
}
