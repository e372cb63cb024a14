import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import type { HttpRequest } from '../../../local/services/lambda/index.ts';
import { bundle, fake, files, lambdaCloud } from './support.ts';

const REQUIRE_BANNER = "import { createRequire } from 'module'; const require = createRequire(import.meta.url);";

describe('the AWS SDK inside a function', () => {
  it("answers from the local cloud, in the name of the function's role", async () => {
    const dynamodb = fake('dynamodb', (operation) => (operation === 'GetItem' ? { Item: { id: { S: 'a' }, n: { N: '7' } } } : {}));
    const cloud = lambdaCloud({}, dynamodb.service);
    cloud.create(
      'reader',
      `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
       import * as document from '@aws-sdk/lib-dynamodb';
       const table = document.DynamoDBDocumentClient.from(new DynamoDBClient({}));
       export const handler = async () => (await table.send(new document.GetCommand({ TableName: 't', Key: { id: 'a' } }))).Item;`,
    );
    expect((await cloud.invoke('reader')).value).toEqual({ id: 'a', n: 7 });
    expect(dynamodb.calls).toEqual([
      { operation: 'GetItem', input: { TableName: 't', Key: { id: { S: 'a' } } }, principal: 'arn:aws:iam::000000000000:role/reader' },
    ]);
  });

  it('throws its own exceptions, and retries throttling on the virtual clock', async () => {
    let calls = 0;
    const dynamodb = fake('dynamodb', (operation) => {
      if (operation === 'GetItem' && ++calls < 3) throw new AwsError('ThrottlingException', 'Rate exceeded');
      if (operation === 'PutItem') throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
      return {};
    });
    const cloud = lambdaCloud({}, dynamodb.service);
    cloud.create(
      'writer',
      `import { DynamoDB, DynamoDBClient, PutItemCommand, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
       const client = new DynamoDBClient({});
       export const handler = async () => {
         const { $metadata } = await new DynamoDB({}).getItem({ TableName: 't', Key: {} });
         try { await client.send(new PutItemCommand({ TableName: 't', Item: {} })); }
         catch (error) { return [$metadata.attempts, error instanceof ConditionalCheckFailedException, error.name]; }
       };`,
    );
    expect((await cloud.invoke('writer')).value).toEqual([3, true, 'ConditionalCheckFailedException']);
  });

  it('may be in the bundle: its requests go to the wire endpoint', async () => {
    const requests: HttpRequest[] = [];
    const cloud = lambdaCloud({
      http: (request) => {
        requests.push(request);
        return {
          status: 200,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: JSON.stringify({ MessageId: 'm', MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592' }),
        };
      },
    });
    const directory = bundle(
      `import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
       const sqs = new SQSClient({});
       export const handler = async () =>
         (await sqs.send(new SendMessageCommand({ QueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/jobs', MessageBody: 'hello' }))).MessageId;`,
      { external: [], banner: REQUIRE_BANNER },
    );
    cloud.create('bundled', { directory });
    expect(await cloud.invoke('bundled')).toEqual({ value: 'm', error: undefined });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      host: 'sqs.us-east-1.amazonaws.com',
      principal: 'arn:aws:iam::000000000000:role/bundled',
      headers: { 'x-amz-target': 'AmazonSQS.SendMessage' },
    });
    expect(JSON.parse(Buffer.from(requests[0]?.body ?? []).toString())).toMatchObject({ MessageBody: 'hello' });
  });
});

describe('modules', () => {
  it('may await at their top level', async () => {
    const cloud = lambdaCloud();
    cloud.create(
      'waits',
      `import { createHash } from 'node:crypto';
       import * as path from 'node:path';
       import util, { format as f } from 'node:util';
       const loaded = await new Promise((resolve) => setTimeout(() => resolve('parameter'), 50));
       export const handler = async () => [loaded, createHash('md5').update('a').digest('hex').length, path.join('a', 'b'), f('%s', 1), typeof util.inspect];`,
    );
    expect(await cloud.invoke('waits')).toEqual({ value: ['parameter', 32, 'a/b', '1', 'function'], error: undefined });
  });

  it('see import.meta, import(), and their neighbours', async () => {
    const cloud = lambdaCloud();
    cloud.create('neighbours', {
      directory: files({
        'index.mjs': `import helper from './helper.cjs';
          export const handler = async () => [import.meta.url, import.meta.dirname, helper.double(4), (await import('node:path')).basename('/a/b'), require];
          const require = 'mine';`,
        'helper.cjs': "const data = require('./data.json'); exports.double = (n) => n * data.factor;",
        'data.json': '{"factor":2}',
      }),
    });
    expect((await cloud.invoke('neighbours')).value).toEqual(['file:///var/task/index.mjs', '/var/task', 8, 'b', 'mine']);
  });

  it('keep what they write to globalThis to themselves', async () => {
    const cloud = lambdaCloud();
    cloud.create('writes', 'globalThis.leaked = 1; export const handler = async () => globalThis.leaked;');
    cloud.create('reads', 'export const handler = async () => typeof globalThis.leaked;');
    expect((await cloud.invoke('writes')).value).toBe(1);
    expect((await cloud.invoke('reads')).value).toBe('undefined');
    expect(globalThis).not.toHaveProperty('leaked');
  });
});

describe('what leaves the process', () => {
  it.each([
    ['a socket', "import net from 'node:net'; export const handler = async () => net.connect(80, 'example.com');", /net\.connect/],
    [
      'a child process',
      "import { execSync } from 'node:child_process'; export const handler = async () => execSync('id');",
      /child_process\.execSync/,
    ],
    [
      'a thread',
      "import { Worker } from 'node:worker_threads'; export const handler = async () => new Worker('x');",
      /worker_threads\.Worker/,
    ],
    [
      'a file outside /tmp',
      "import { writeFileSync } from 'node:fs'; export const handler = async () => writeFileSync('/data', 'x');",
      /fs\.writeFileSync on \/data/,
    ],
    [
      'a file of the machine',
      "import { readFile } from 'node:fs/promises'; export const handler = async () => readFile('/usr/bin/env');",
      /fs\.readFile on \/usr\/bin\/env/,
    ],
    ['a server', "import http from 'node:http'; export const handler = async () => http.createServer();", /started a server/],
    ['a request to the outside', "export const handler = async () => fetch('https://example.com/pay');", /GET https:\/\/example\.com\/pay/],
    [
      'a request by node:https',
      "import https from 'node:https'; export const handler = () => new Promise((ok, no) => https.get('https://example.com/pay').on('error', no));",
      /GET https:\/\/example\.com\/pay/,
    ],
  ])('fails loudly: %s', async (_what, source, message) => {
    const cloud = lambdaCloud();
    cloud.create('leaver', source);
    const { value, error } = await cloud.invoke('leaver');
    expect(error).toBe('Unhandled');
    expect(value).toMatchObject({ errorType: 'SandboxError', errorMessage: expect.stringMatching(message) });
    expect((value as { errorMessage: string }).errorMessage).toContain("Function 'leaver'");
    expect((value as { trace: string[] }).trace.join('\n')).toContain('handler');
  });

  it('is answered by the outside that a test gives', async () => {
    const cloud = lambdaCloud({
      outbound: (request) => ({
        status: 201,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ got: Buffer.from(request.body).toString() }),
      }),
    });
    cloud.create(
      'pays',
      "export const handler = async () => { const r = await fetch('https://pay.example/v1', { method: 'POST', body: 'card' }); return [r.status, await r.json()]; };",
    );
    expect((await cloud.invoke('pays')).value).toEqual([201, { got: 'card' }]);
  });

  it('/tmp belongs to the instance', async () => {
    const cloud = lambdaCloud();
    cloud.create(
      'notes',
      `import { existsSync, writeFileSync } from 'node:fs'; import { readFile } from 'node:fs/promises';
       export const handler = async () => { const seen = existsSync('/tmp/note'); writeFileSync('/tmp/note', 'x'); return [seen, (await readFile('/tmp/note')).toString()]; };`,
    );
    expect((await cloud.invoke('notes')).value).toEqual([false, 'x']);
    expect((await cloud.invoke('notes')).value).toEqual([true, 'x']);
    cloud.lambda.cool();
    expect((await cloud.invoke('notes')).value).toEqual([false, 'x']);
    cloud.create(
      'unzips',
      `import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
       export const handler = async () => { const made = mkdtempSync('/tmp/x-'); writeFileSync(made + '/y', '1'); return readdirSync(made); };`,
    );
    expect((await cloud.invoke('unzips')).value).toEqual(['y']);
  });
});

describe('logs', () => {
  it('are kept by function with level and request', async () => {
    const cloud = lambdaCloud();
    const followed: string[] = [];
    cloud.lambda.logs.subscribe((line) => followed.push(line.message));
    cloud.create(
      'talks',
      "export const handler = async () => { console.log('a', { b: 1 }); console.error('c'); process.stdout.write('d\\n'); };",
    );
    await cloud.invoke('talks');
    const lines = cloud.lambda.logs.lines('talks');
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['INFO', 'a { b: 1 }'],
      ['ERROR', 'c'],
      ['INFO', 'd'],
    ]);
    expect(lines[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(followed).toHaveLength(3);
  });

  it('hand embedded metrics to CloudWatch; Powertools logger and metrics work', async () => {
    const cloudwatch = fake('cloudwatch');
    const cloud = lambdaCloud({}, cloudwatch.service);
    cloud.create(
      'measures',
      `import { Logger } from '@aws-lambda-powertools/logger';
       import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
       const logger = new Logger({ serviceName: 'bookings' });
       const metrics = new Metrics({ namespace: 'GlobalAir', serviceName: 'bookings' });
       export const handler = async (event, context) => {
         logger.addContext(context);
         logger.info('booked', { seats: 2 });
         metrics.addMetric('Booked', MetricUnit.Count, 1);
         metrics.publishStoredMetrics();
       };`,
    );
    expect((await cloud.invoke('measures')).error).toBeUndefined();
    const entry = cloud.lambda.logs.lines('measures').map((line) => JSON.parse(line.message))[0];
    expect(entry).toMatchObject({
      level: 'INFO',
      message: 'booked',
      seats: 2,
      service: 'bookings',
      function_name: 'measures',
      timestamp: '2026-01-01T00:00:00.000Z',
    });
    expect(cloudwatch.calls).toHaveLength(1);
    expect(cloudwatch.calls[0]).toMatchObject({
      operation: 'PutEmbeddedMetrics',
      input: { document: { Booked: 1, service: 'bookings' } },
    });
  });
});
