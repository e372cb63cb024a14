import { Agent, request as httpRequest } from 'node:http';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Kernel } from '../local/kernel/index.ts';
import { connect } from '../local/sdk/index.ts';
import { SqsService } from '../local/services/sqs/index.ts';
import { createWire, serveWire } from '../local/wire/index.ts';
import type { Bench } from './figure.ts';

const CONCURRENCY = 16;
const ENDPOINT = { region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };

/** How many requests a second the local cloud answers by each way in, and what each way costs beside the shortest. */
export const wire: Bench = {
  name: 'Ways into the local cloud',
  about:
    'SQS messages of 300 bytes to one queue, in real time, in one process (the client of the socket ways shares the core with the server). ' +
    'Not measured: other services, large bodies, TLS.',
  async run({ quick }) {
    const calls = quick ? 1_000 : 4_000;
    const kernel = new Kernel({ time: 'real' });
    kernel.register(new SqsService(kernel));
    kernel.invoke({ service: 'sqs', operation: 'CreateQueue', input: { QueueName: 'bench' } });
    kernel.start();
    const endpoint = createWire(kernel);
    const server = await serveWire(endpoint, { port: 0 });

    const message = { QueueUrl: `${server.url}/000000000000/bench`, MessageBody: 'x'.repeat(300) };
    const send = (client: SQSClient) => () => client.send(new SendMessageCommand(message));
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
    const body = JSON.stringify(message);
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(Buffer.byteLength(body)),
      'x-amz-target': 'AmazonSQS.SendMessage',
    };
    const raw = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const request = httpRequest(server.url, { method: 'POST', agent, headers }, (response) => {
          response.resume().on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`))));
        });
        request.on('error', reject).end(body);
      });
    const overWire = new SQSClient({ ...ENDPOINT, endpoint: server.url });
    const ways: readonly (readonly [name: string, call: () => Promise<unknown>, concurrency: number])[] = [
      ['kernel.call', () => kernel.call({ service: 'sqs', operation: 'SendMessage', input: message }), 1],
      ['SDK client in process', send(connect(new SQSClient(ENDPOINT), kernel)), 1],
      ['HTTP handled in process, no socket', () => endpoint.handle({ method: 'POST', url: '/', headers, body: Buffer.from(body) }), 1],
      ['plain HTTP over a socket', raw, 1],
      [`plain HTTP, ${CONCURRENCY} at once`, raw, CONCURRENCY],
      ['SDK client over a socket', send(overWire), 1],
      [`SDK client, ${CONCURRENCY} at once`, send(overWire), CONCURRENCY],
    ];
    const rates: [string, number][] = [];
    for (const [name, call, concurrency] of ways) {
      await rateOf(call, Math.ceil(calls / 5), concurrency);
      rates.push([name, await rateOf(call, calls, concurrency)]);
    }
    agent.destroy();
    overWire.destroy();
    await server.close();
    await kernel.stop();

    const [[, fastest] = ['', 1]] = rates;
    return rates.map(([what, value], index) => ({
      what,
      value,
      unit: 'calls/s',
      ...(index === 0 ? {} : { beside: { what: 'kernel.call', times: value / fastest } }),
    }));
  },
};

/** Calls a second. */
async function rateOf(call: () => Promise<unknown>, count: number, concurrency: number): Promise<number> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return count / (Number(process.hrtime.bigint() - start) / 1e9);
}
