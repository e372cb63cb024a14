/**
 * How many requests a second the local cloud answers by each way in, and what each way costs beside the shortest.
 *
 *     npx tsx bench/wire.ts [--calls 4000]
 *
 * All ways send SQS messages of 300 bytes to one queue of one cloud in real time, on the same machine in the same process
 * (the client of the socket ways shares the core with the server). Not measured: other services, large bodies, TLS.
 */
import { Agent, request as httpRequest } from 'node:http';
import { parseArgs } from 'node:util';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Kernel } from '../local/kernel/index.ts';
import { connect } from '../local/sdk/index.ts';
import { SqsService } from '../local/services/sqs/index.ts';
import { createWire, serveWire } from '../local/wire/index.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '4000' } } });
const calls = Number(values.calls);
const CONCURRENCY = 16;
const ENDPOINT = { region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };

const kernel = new Kernel({ time: 'real' });
kernel.register(new SqsService(kernel));
kernel.invoke({ service: 'sqs', operation: 'CreateQueue', input: { QueueName: 'bench' } });
kernel.start();
const wire = createWire(kernel);
const server = await serveWire(wire, { port: 0 });

const message = { QueueUrl: `${server.url}/000000000000/bench`, MessageBody: 'x'.repeat(300) };
const send = (client: SQSClient) => () => client.send(new SendMessageCommand(message));

const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
const body = JSON.stringify(message);
const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'content-length': Buffer.byteLength(body),
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
  [
    'HTTP requests handled in process, no socket',
    () => wire.handle({ method: 'POST', url: '/', headers: plain(headers), body: Buffer.from(body) }),
    1,
  ],
  ['plain HTTP over a socket', raw, 1],
  [`plain HTTP, ${CONCURRENCY} at once`, raw, CONCURRENCY],
  ['SDK client over a socket', send(overWire), 1],
  [`SDK client, ${CONCURRENCY} at once`, send(overWire), CONCURRENCY],
];

const rates: [string, number][] = [];
for (const [name, call, concurrency] of ways) {
  await measure(call, Math.ceil(calls / 5), concurrency);
  rates.push([name, await measure(call, calls, concurrency)]);
}
const [[, fastest] = ['', 1]] = rates;
console.log(`${calls} calls each, Node ${process.version}\n`);
for (const [name, rate] of rates) {
  const micros = 1e6 / rate;
  console.log(
    `${name.padEnd(46)} ${rate.toFixed(0).padStart(7)} /s ${micros.toFixed(0).padStart(6)} µs   ${(fastest / rate).toFixed(1).padStart(5)} ×`,
  );
}

agent.destroy();
overWire.destroy();
await server.close();
await kernel.stop();

/** Calls a second. */
async function measure(call: () => Promise<unknown>, count: number, concurrency: number): Promise<number> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return count / (Number(process.hrtime.bigint() - start) / 1e9);
}

function plain(given: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
}
