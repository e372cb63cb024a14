import { describe, expect, it } from 'vitest';
import { fake, files, lambdaCloud } from './support.ts';

describe('an invocation', () => {
  it('runs the handler of a bundle and gives its answer back', async () => {
    const cloud = lambdaCloud();
    cloud.create('greet', 'export const handler = async (event) => ({ hello: event.name });');
    expect(await cloud.invoke('greet', { name: 'world' })).toEqual({ value: { hello: 'world' }, error: undefined });
  });

  it('runs inline CommonJS code', async () => {
    const cloud = lambdaCloud();
    cloud.create('inline', {
      inline: "const { createHash } = require('crypto'); exports.handler = async () => createHash('md5').update('a').digest('hex');",
    });
    expect((await cloud.invoke('inline')).value).toBe('0cc175b9c0f1b6a831c399e269772661');
  });

  it('keeps module state while the instance is warm, and starts afresh when it is cold', async () => {
    const cloud = lambdaCloud();
    cloud.create('count', 'let n = 0; export const handler = async () => ++n;');
    expect((await cloud.invoke('count')).value).toBe(1);
    expect((await cloud.invoke('count')).value).toBe(2);
    await cloud.kernel.advance(11 * 60_000);
    expect((await cloud.invoke('count')).value).toBe(1);
    cloud.lambda.cool('count');
    expect((await cloud.invoke('count')).value).toBe(1);
  });

  it('gives instances that run at once a module state each, and reuses the one used last', async () => {
    const cloud = lambdaCloud();
    cloud.create(
      'slow',
      'const id = crypto.randomUUID(); export const handler = async () => { await new Promise((r) => setTimeout(r, 100)); return id; };',
    );
    const call = () =>
      cloud.kernel.call({ service: 'lambda', operation: 'Invoke', input: { FunctionName: 'slow' } }) as Promise<{ Payload: Uint8Array }>;
    const first = call();
    const second = call();
    await cloud.kernel.settle();
    const ids = [await first, await second].map((output) => JSON.parse(Buffer.from(output.Payload).toString()));
    expect(new Set(ids).size).toBe(2);
    expect((await cloud.invoke('slow')).value).toBe(ids[1]);
  });

  it('passes virtual time to Date, timers and performance, and no other', async () => {
    const cloud = lambdaCloud({ startAt: Date.UTC(2026, 4, 1) });
    cloud.create(
      'clock',
      `import { setTimeout as sleep } from 'node:timers/promises';
       import { performance as imported } from 'node:perf_hooks';
       export const handler = async (_event, context) => {
         const from = { date: Date.now(), performance: performance.now(), hrtime: process.hrtime.bigint(), imported: imported.now() };
         await new Promise((resolve) => setTimeout(resolve, 1000));
         await sleep(500);
         return {
           iso: new Date().toISOString(), isDate: new Date() instanceof Date, text: typeof Date(), elapsed: Date.now() - from.date,
           performance: performance.now() - from.performance, imported: imported.now() - from.imported,
           hrtime: Number(process.hrtime.bigint() - from.hrtime), remaining: context.getRemainingTimeInMillis(),
           formatted: new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', year: 'numeric' }).format(),
         };
       };`,
      { Timeout: 10 },
    );
    const wall = Date.now();
    expect((await cloud.invoke('clock')).value).toEqual({
      iso: '2026-05-01T00:00:01.500Z',
      isDate: true,
      text: 'string',
      elapsed: 1500,
      performance: 1500,
      imported: 1500,
      hrtime: 1.5e9,
      remaining: 8500,
      formatted: '2026',
    });
    expect(Date.now() - wall).toBeLessThan(1400);
  });

  it('draws the same random numbers from the same seed, and others from another', async () => {
    const draw = async (seed: number) => {
      const cloud = lambdaCloud({ seed });
      cloud.create(
        'draw',
        `import { randomBytes, randomUUID, randomInt } from 'node:crypto';
         export const handler = async () => [Math.random(), randomBytes(8).toString('hex'), randomUUID(), crypto.randomUUID(), randomInt(1000),
           [...crypto.getRandomValues(new Uint8Array(4))]];`,
      );
      return (await cloud.invoke('draw')).value;
    };
    expect(await draw(7)).toEqual(await draw(7));
    expect(await draw(7)).not.toEqual(await draw(8));
  });

  it('gives the context of Lambda', async () => {
    const cloud = lambdaCloud();
    cloud.create(
      'context',
      'export const handler = async (_event, { getRemainingTimeInMillis, ...context }) => ({ ...context, env: process.env });',
      {
        MemorySize: 256,
        Environment: { Variables: { STAGE: 'test' } },
      },
    );
    const { value } = await cloud.invoke('context');
    expect(value).toMatchObject({
      functionName: 'context',
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:context',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      logGroupName: '/aws/lambda/context',
      env: {
        STAGE: 'test',
        AWS_REGION: 'us-east-1',
        AWS_LAMBDA_FUNCTION_NAME: 'context',
        _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$/),
      },
    });
    expect((value as { env: object }).env).not.toHaveProperty('VITEST');
  });
});

describe('a function that fails', () => {
  it('answers with the error, its trace mapped to the sources', async () => {
    const cloud = lambdaCloud();
    cloud.create(
      'broken',
      'class OutOfSeats extends Error { name = "OutOfSeats" }\n\nexport const handler = async () => {\n  throw new OutOfSeats("flight is full");\n};',
    );
    const { value, error } = await cloud.invoke('broken');
    expect(error).toBe('Unhandled');
    expect(value).toMatchObject({ errorType: 'OutOfSeats', errorMessage: 'flight is full' });
    expect((value as { trace: string[] }).trace[1]).toMatch(/handler\.ts:4:9/);
  });

  it('times out on the virtual clock; what its code does afterwards has no effect', async () => {
    const sqs = fake('sqs');
    const cloud = lambdaCloud({}, sqs.service);
    cloud.create(
      'hang',
      `import { SQSClient, DeleteMessageCommand } from '@aws-sdk/client-sqs';
       let n = 0;
       export const handler = async () => {
         if (n++) return 'warm';
         await new Promise((r) => setTimeout(r, 2000));
         await new SQSClient({}).send(new DeleteMessageCommand({ QueueUrl: 'q', ReceiptHandle: 'in time' }));
         await new Promise((r) => setTimeout(r, 2000));
         await new SQSClient({}).send(new DeleteMessageCommand({ QueueUrl: 'q', ReceiptHandle: 'too late' }));
       };`,
      { Timeout: 3 },
    );
    const from = cloud.kernel.now();
    const { value, error } = await cloud.invoke('hang');
    expect(cloud.kernel.now() - from).toBe(3000);
    expect(error).toBe('Unhandled');
    expect(value).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Task timed out after 3\.00 seconds$/),
    });
    await cloud.kernel.advance(10_000);
    expect(sqs.calls.map((call) => call.input.ReceiptHandle)).toEqual(['in time']);
    // The instance is gone: the next invocation is cold, and hangs again.
    expect((await cloud.invoke('hang')).error).toBe('Unhandled');
  });

  it('reports what its init code throws, and tries again the next time', async () => {
    const cloud = lambdaCloud();
    cloud.create('init', 'throw new TypeError("no table name"); export const handler = async () => 1;');
    expect(await cloud.invoke('init')).toMatchObject({
      error: 'Unhandled',
      value: { errorType: 'TypeError', errorMessage: 'no table name' },
    });
  });

  it('names a handler or a module that is not there', async () => {
    const cloud = lambdaCloud();
    cloud.create('no-handler', 'export const other = 1;');
    cloud.create('no-module', { directory: files({ 'other.mjs': '' }) });
    cloud.create('no-package', {
      directory: files({ 'index.mjs': "import left from 'left-pad'; export const handler = async () => left();" }),
    });
    cloud.create('no-syntax', { directory: files({ 'index.mjs': 'export const handler = (' }) });
    expect((await cloud.invoke('no-handler')).value).toMatchObject({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'index.handler is undefined or not exported',
    });
    expect(cloud.lambda.logs.lines('no-handler')).toMatchObject([
      {
        level: 'ERROR',
        message: expect.stringMatching(/^Uncaught Exception .*Runtime\.HandlerNotFound.*index\.handler is undefined or not exported/),
      },
    ]);
    expect((await cloud.invoke('no-module')).value).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Error: Cannot find module 'index'",
    });
    expect((await cloud.invoke('no-package')).value).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringMatching(/Cannot find module 'left-pad'.*function 'no-package'/),
    });
    expect((await cloud.invoke('no-syntax')).value).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' });
  });

  it('ends with its process', async () => {
    const cloud = lambdaCloud();
    cloud.create('exit', 'export const handler = async () => { process.exit(3); };');
    expect(await cloud.invoke('exit')).toMatchObject({
      error: 'Unhandled',
      value: { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/exit status 3/) },
    });
  });

  it('fails when a timer callback throws', async () => {
    const cloud = lambdaCloud();
    cloud.create('timer', 'export const handler = () => new Promise(() => setTimeout(() => { throw new RangeError("late"); }, 10));');
    expect(await cloud.invoke('timer')).toMatchObject({ error: 'Unhandled', value: { errorType: 'RangeError', errorMessage: 'late' } });
  });

  it('can be crashed from outside: effects stay, the rest never happens', async () => {
    const sqs = fake('sqs');
    const cloud = lambdaCloud({}, sqs.service);
    cloud.create(
      'victim',
      `import { SQSClient, DeleteMessageCommand } from '@aws-sdk/client-sqs';
       export const handler = async () => {
         const sqs = new SQSClient({});
         await sqs.send(new DeleteMessageCommand({ QueueUrl: 'q', ReceiptHandle: '1' }));
         await new Promise((r) => setTimeout(r, 1000));
         await sqs.send(new DeleteMessageCommand({ QueueUrl: 'q', ReceiptHandle: '2' }));
       };`,
    );
    cloud.kernel.after(500, () => expect(cloud.lambda.crash('victim')).toBe(1));
    const { value } = await cloud.invoke('victim');
    expect(value).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(sqs.calls).toHaveLength(1);
  });
});

describe('handlers that take a callback', () => {
  it('work up to Node.js 22, waiting for the event loop unless told not to', async () => {
    const cloud = lambdaCloud();
    const settings = { Runtime: 'nodejs22.x' } as const;
    cloud.create('waits', 'export const handler = (event, context, done) => { setTimeout(() => {}, 1000); done(null, "ok"); };', settings);
    cloud.create(
      'leaves',
      'export const handler = (event, context, done) => { context.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 1000); done(null, "ok"); };',
      settings,
    );
    const from = cloud.kernel.now();
    expect((await cloud.invoke('leaves')).value).toBe('ok');
    expect(cloud.kernel.now()).toBe(from);
    expect((await cloud.invoke('waits')).value).toBe('ok');
    expect(cloud.kernel.now()).toBe(from + 1000);
  });

  it('are refused from Node.js 24 on, as AWS does', async () => {
    const cloud = lambdaCloud();
    cloud.create('callback', 'export const handler = (event, context, done) => done(null, 1);');
    expect((await cloud.invoke('callback')).value).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
  });
});

describe('the timers of an instance', () => {
  it('that are due at once fire in the order they were set, whatever order the kernel gives its tasks', async () => {
    const cloud = lambdaCloud({ seed: 3, ties: 'seeded' });
    cloud.create(
      'ordered',
      `export const handler = async () => {
         const fired = [];
         const timers = Array.from({ length: 20 }, (_, i) => setTimeout(() => fired.push(i), 10));
         clearTimeout(timers[7]);
         setTimeout(() => fired.push('soon'), 5);
         await new Promise((r) => setTimeout(r, 11));
         return fired;
       };`,
    );
    const others = Array.from({ length: 20 }, (_, i) => i).filter((i) => i !== 7);
    expect((await cloud.invoke('ordered')).value).toEqual(['soon', ...others]);
  });
});

describe('a frozen instance', () => {
  it('runs no timers until the next invocation thaws it', async () => {
    const cloud = lambdaCloud();
    cloud.create(
      'frozen',
      `let fired = []; setInterval(() => {}, 1000);
       export const handler = async (event) => {
         if (event.start) { setTimeout(() => fired.push(Date.now()), 5000); return Date.now(); }
         await new Promise((r) => setTimeout(r, 1));
         return fired;
       };`,
    );
    const started = (await cloud.invoke('frozen', { start: true })).value as number;
    await cloud.kernel.advance(60_000);
    expect((await cloud.invoke('frozen')).value).toEqual([started + 60_000]);
  });
});
