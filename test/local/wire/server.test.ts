import { Agent, request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServeOptions, serveWire, type WireRequest, type WireResponse, type WireServer } from '../../../local/wire/index.ts';

const servers: WireServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close(0)));
});

/** Serves an echo of what the wire was asked. */
async function serve(handle?: (request: WireRequest) => Promise<WireResponse>, options: Partial<ServeOptions> = {}): Promise<WireServer> {
  const echo = async ({ method, url, headers, body }: WireRequest): Promise<WireResponse> => ({
    status: 200,
    headers: { 'content-type': 'application/json', 'x-two': ['a', 'b'] },
    body: Buffer.from(JSON.stringify({ method, url, host: headers.host, custom: headers['x-custom'], body: Buffer.from(body).toString() })),
  });
  const server = await serveWire({ handle: handle ?? echo }, { port: 0, ...options });
  servers.push(server);
  return server;
}

describe('the server', () => {
  it('hands requests on as they were sent', async () => {
    const { url, port } = await serve();
    const response = await fetch(`${url}/a%2Fb?x=%20`, { method: 'PUT', headers: { 'x-custom': '1' }, body: 'snow ☃' });
    expect(await response.json()).toEqual({ method: 'PUT', url: '/a%2Fb?x=%20', host: `127.0.0.1:${port}`, custom: '1', body: 'snow ☃' });
    expect(response.headers.get('x-two')).toBe('a, b');
  });

  it('speaks HTTP/2 with those who begin with it, many requests over one connection', async () => {
    const { url, port } = await serve();
    const session = connectHttp2(url);
    const ask = (path: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':method': 'POST', ':path': path });
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
        stream.on('error', reject);
        stream.end('body');
      });
    const answers = await Promise.all(['/1', '/2', '/3'].map(ask));
    expect(answers).toEqual(['/1', '/2', '/3'].map((path) => ({ method: 'POST', url: path, host: `127.0.0.1:${port}`, body: 'body' })));
    session.close();
  });

  it('keeps connections open between requests', async () => {
    const { port } = await serve();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = httpRequest({ port, agent }, (response) => {
          const { localPort } = response.socket;
          response.resume().on('end', () => resolve(localPort));
        });
        request.on('error', reject).end();
      });
    const [first, second] = [await ask(), await ask()];
    expect(second).toBe(first);
    agent.destroy();
  });

  it('says in one line that a port is taken, with a code', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as AddressInfo;
    await expect(serve(undefined, { port })).rejects.toMatchObject({
      name: 'ListenError',
      code: 'PORT_TAKEN',
      message: `Port ${port} on 127.0.0.1 is taken. End the program that listens there, or choose another port.`,
    });
    blocker.close();
  });

  it('refuses bodies above its limit', async () => {
    const { url } = await serve(undefined, { maxBodyBytes: 10 });
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(10) })).status).toBe(200);
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
  });

  it('lets requests under way finish when it closes, and takes no others', async () => {
    let answer = (): void => undefined;
    let begun = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const server = await serve(
      () =>
        new Promise((resolve) => {
          answer = () => resolve({ status: 200, headers: {}, body: Buffer.from('late') });
          begun();
        }),
    );
    servers.pop();
    const response = fetch(server.url);
    await started;
    const closed = server.close();
    await expect(fetch(server.url)).rejects.toThrow();
    answer();
    expect(await (await response).text()).toBe('late');
    await closed;
  });

  it('cuts off what has not finished when the time it grants is over', async () => {
    let begun = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const server = await serve(() => {
      begun();
      return new Promise(() => undefined);
    });
    servers.pop();
    const response = fetch(server.url);
    const failed = expect(response).rejects.toThrow();
    await started;
    await server.close(0);
    await failed;
  });

  it('survives clients that speak no HTTP', async () => {
    const { port, url } = await serve();
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.end('\u0016\u0003\u0001 hello');
    socket.resume();
    await ended;
    expect((await fetch(url)).status).toBe(200);
  });
});
