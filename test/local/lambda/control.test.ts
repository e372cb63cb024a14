import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ResourceNotFoundException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { connect } from '../../../local/sdk/index.ts';
import { lambdaCloud, settled } from './support.ts';

const lambdaCall = (operation: string, input: object, principal?: string, sourceArn?: string) => ({
  service: 'lambda' as const,
  operation,
  input,
  ...(principal === undefined ? {} : { principal }),
  ...(sourceArn === undefined ? {} : { sourceArn }),
});

describe('permissions', () => {
  it('let a service invoke only what a statement allows it', async () => {
    const cloud = lambdaCloud();
    cloud.create('target', 'export const handler = async () => 1;');
    const topic = 'arn:aws:sns:us-east-1:000000000000:news';
    const invoke = lambdaCall('Invoke', { FunctionName: 'target' }, 'sns.amazonaws.com', topic);
    await expect(cloud.call(invoke)).rejects.toMatchObject({ code: 'AccessDeniedException', status: 403 });
    const statement = {
      FunctionName: 'target',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'sns.amazonaws.com',
      SourceArn: `${topic}*`,
    };
    await cloud.call(lambdaCall('AddPermission', statement));
    expect(await cloud.call(invoke)).toMatchObject({ StatusCode: 200 });
    await expect(cloud.call({ ...invoke, sourceArn: 'arn:aws:sns:us-east-1:000000000000:other' })).rejects.toThrow(/not authorized/);
    const { Policy } = await cloud.call<{ Policy: string }>(lambdaCall('GetPolicy', { FunctionName: 'target' }));
    expect(JSON.parse(Policy).Statement).toEqual([
      {
        Sid: 's',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: 'arn:aws:lambda:us-east-1:000000000000:function:target',
        Condition: { ArnLike: { 'AWS:SourceArn': `${topic}*` } },
      },
    ]);
    await cloud.call(lambdaCall('RemovePermission', { FunctionName: 'target', StatementId: 's' }));
    await expect(cloud.call(invoke)).rejects.toThrow(/not authorized/);
  });
});

describe('limits', () => {
  it('throttle beyond the reserved concurrency', async () => {
    const cloud = lambdaCloud();
    cloud.create('one', 'export const handler = async () => new Promise((r) => setTimeout(r, 1000));');
    await cloud.call(lambdaCall('PutFunctionConcurrency', { FunctionName: 'one', ReservedConcurrentExecutions: 1 }));
    const first = cloud.kernel.call(lambdaCall('Invoke', { FunctionName: 'one' }));
    await expect(cloud.call(lambdaCall('Invoke', { FunctionName: 'one' }))).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      details: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });
    expect(await first).toMatchObject({ StatusCode: 200 });
  });

  it('refuse payloads that are too large or no JSON', async () => {
    const cloud = lambdaCloud();
    cloud.create('f', 'export const handler = async () => 1;');
    const big = (bytes: number) => Buffer.from(JSON.stringify('x'.repeat(bytes - 2)));
    await expect(cloud.call(lambdaCall('Invoke', { FunctionName: 'f', Payload: big(6 * 1024 * 1024 + 1) }))).rejects.toMatchObject({
      code: 'RequestTooLargeException',
      message: '6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)',
    });
    await expect(
      cloud.call(lambdaCall('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: big(1024 * 1024 + 1) })),
    ).rejects.toThrow(/limit 1048576/);
    await expect(cloud.call(lambdaCall('Invoke', { FunctionName: 'f', Payload: Buffer.from('{') }))).rejects.toMatchObject({
      code: 'InvalidRequestContentException',
    });
    expect(await cloud.call(lambdaCall('Invoke', { FunctionName: 'f', InvocationType: 'DryRun' }))).toEqual({ StatusCode: 204 });
  });

  it('refuse an answer over 6 MB', async () => {
    const cloud = lambdaCloud();
    cloud.create('big', 'export const handler = async () => "x".repeat(7 * 1024 * 1024);');
    expect((await cloud.invoke('big')).value).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });
});

describe('versions and aliases', () => {
  it('keep the code and configuration they were published with', async () => {
    const cloud = lambdaCloud();
    cloud.create('v', 'export const handler = async () => process.env.V;', { Environment: { Variables: { V: 'one' } } });
    await cloud.call(lambdaCall('PublishVersion', { FunctionName: 'v' }));
    await cloud.call(lambdaCall('CreateAlias', { FunctionName: 'v', Name: 'live', FunctionVersion: '1' }));
    await cloud.call(lambdaCall('UpdateFunctionConfiguration', { FunctionName: 'v', Environment: { Variables: { V: 'two' } } }));
    expect((await cloud.invoke('v')).value).toBe('two');
    expect((await cloud.invoke('v:live')).value).toBe('one');
    expect((await cloud.invoke('arn:aws:lambda:us-east-1:000000000000:function:v:1')).value).toBe('one');
    await cloud.call(lambdaCall('PublishVersion', { FunctionName: 'v' }));
    await cloud.call(lambdaCall('UpdateAlias', { FunctionName: 'v', Name: 'live', FunctionVersion: '2' }));
    expect((await cloud.invoke('v', {}, { Qualifier: 'live' })).value).toBe('two');
  });
});

describe('through the SDK', () => {
  it('shows functions and their errors as the SDK does', async () => {
    const cloud = lambdaCloud();
    cloud.create('f', 'export const handler = async () => 1;', { Timeout: 7 });
    const client = connect(new LambdaClient({}), cloud.kernel, undefined, { maxAttempts: 1 });
    const found = await settled(cloud.kernel, client.send(new GetFunctionCommand({ FunctionName: 'f' })));
    expect(found.Configuration).toMatchObject({ Timeout: 7, Runtime: 'nodejs24.x', State: 'Active' });
    const missing = await settled(cloud.kernel, client.send(new InvokeCommand({ FunctionName: 'g' }))).catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(ResourceNotFoundException);
    await settled(
      cloud.kernel,
      cloud.kernel.call(lambdaCall('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 })),
    );
    const throttled = await settled(cloud.kernel, client.send(new InvokeCommand({ FunctionName: 'f' }))).catch((error: unknown) => error);
    expect(throttled).toBeInstanceOf(TooManyRequestsException);
  });
});
