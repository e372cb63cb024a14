import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnPermission, CfnUrl, FunctionUrlAuthType, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { LocalCloud } from '../../../local/index.ts';
import { deploy, inlineFunction, jsonOf } from '../apigateway/support.ts';

const ECHO = `exports.handler = async (event) => {
  if (event.rawPath === '/plain') return 'hello';
  if (event.rawPath === '/broken') throw new Error('broken');
  return { statusCode: 201, cookies: ['a=1', 'b=2'], headers: { 'X-Kind': 'echo' }, body: JSON.stringify(event) };
};`;
const CALLER = `exports.handler = async ({ url }) => {
  const scope = process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/lambda/aws4_request';
  const response = await fetch(url, { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=' + scope + ', SignedHeaders=host, Signature=0' } });
  return [response.status, await response.json()];
};`;

function withUrl(stack: Stack, authType: FunctionUrlAuthType): LambdaFunction {
  const echo = inlineFunction(stack, 'Echo', ECHO);
  const url = echo.addFunctionUrl({
    authType,
    ...(authType === FunctionUrlAuthType.NONE ? { cors: { allowedOrigins: ['https://air.example'] } } : {}),
  });
  new CfnOutput(stack, 'Url', { value: url.url });
  return echo;
}

describe('the URL of a function', () => {
  it('gives the function the event of payload format 2.0, and answers as it says', async () => {
    const cloud = await deploy((stack) => {
      withUrl(stack, FunctionUrlAuthType.NONE);
      return undefined;
    });
    const url = cloud.outputs.Url ?? '';
    const init = {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', cookie: 'c=1; d=2', origin: 'https://air.example' },
    };
    const response = await cloud.fetch(`${url}flights/a%20b?seat=1&seat=2`, init);
    expect([response.status, response.headers.get('x-kind'), response.headers.getSetCookie()]).toEqual([201, 'echo', ['a=1', 'b=2']]);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://air.example');
    expect(await jsonOf(response)).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/flights/a%20b',
      rawQueryString: 'seat=1&seat=2',
      cookies: ['c=1', 'd=2'],
      queryStringParameters: { seat: '1,2' },
      requestContext: {
        accountId: 'anonymous',
        domainName: new URL(url).host,
        stage: '$default',
        http: { method: 'POST', path: '/flights/a%20b' },
      },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
    const plain = await cloud.fetch(`${url}plain`);
    expect([plain.status, plain.headers.get('content-type'), await plain.text()]).toEqual([200, 'application/json', 'hello']);
    expect((await cloud.fetch(`${url}broken`)).status).toBe(502);
    expect((await cloud.fetch('https://nobody.lambda-url.us-east-1.on.aws/')).status).toBe(404);
  });

  it('is open to everybody only as the policy of the function says', async () => {
    const cloud = await deploy((stack) => {
      const closed = inlineFunction(stack, 'Closed', ECHO);
      new CfnOutput(stack, 'Url', {
        value: new CfnUrl(stack, 'Url0', { authType: 'NONE', targetFunctionArn: closed.functionArn }).attrFunctionUrl,
      });
      // Half of what is needed.
      const half = { action: 'lambda:InvokeFunctionUrl', functionName: closed.functionArn, principal: '*', functionUrlAuthType: 'NONE' };
      new CfnPermission(stack, 'Half', half);
      return undefined;
    });
    const response = await cloud.fetch(cloud.outputs.Url ?? '');
    expect([response.status, await jsonOf(response)]).toEqual([403, { Message: 'Forbidden' }]);
  });

  it('with IAM is for those who may call it, and for the URL only', async () => {
    const cloud = await deploy((stack) => {
      const echo = withUrl(stack, FunctionUrlAuthType.AWS_IAM);
      for (const name of ['Granted', 'Forgotten']) {
        const caller = inlineFunction(stack, name, CALLER);
        if (name === 'Granted') echo.grantInvokeUrl(caller);
        new CfnOutput(stack, `${name}Name`, { value: caller.functionName });
      }
      return undefined;
    });
    const callAs = async (name: string): Promise<unknown> => {
      const input = { FunctionName: cloud.outputs[`${name}Name`], Payload: JSON.stringify({ url: cloud.outputs.Url }) };
      const { Payload } = await cloud.client(new LambdaClient({})).send(new InvokeCommand(input));
      return JSON.parse(Payload?.transformToString() ?? '');
    };
    const iam = { accountId: '000000000000', userArn: expect.stringContaining('assumed-role/Test-Granted') };
    expect(await callAs('Granted')).toMatchObject([201, { requestContext: { accountId: '000000000000', authorizer: { iam } } }]);
    expect(await callAs('Forgotten')).toEqual([403, { Message: 'Forbidden' }]);
    expect((await cloud.fetch(cloud.outputs.Url ?? '')).status).toBe(403);
    const role = cloud.resources.find(({ type, path }) => type === 'AWS::IAM::Role' && path.includes('Granted'));
    const question = { service: 'lambda', action: 'lambda:InvokeFunction', principal: String(role?.attributes?.Arn) } as const;
    const echo = cloud.resources.find(({ type, path }) => type === 'AWS::Lambda::Function' && path.includes('Echo'));
    expect(cloud.kernel.refusalOf({ ...question, resource: String(echo?.attributes?.Arn) })?.code).toBe('AccessDeniedException');
  });

  it('is reached by its host on either port', async () => {
    const app = new App({ analyticsReporting: false });
    withUrl(new Stack(app, 'Test'), FunctionUrlAuthType.NONE);
    const cloud = await LocalCloud.fromApp(app, { time: 'real' });
    try {
      const { api, aws } = await cloud.serve({ port: 0, awsPort: 0 });
      const headers = { host: new URL(cloud.outputs.Url ?? '').host };
      for (const { url } of [api, aws]) {
        const answer = await new Promise<string>((resolve, reject) => {
          const sent = httpRequest(`${url}/plain`, { headers }, (response) => text(response).then(resolve, reject));
          sent.on('error', reject).end();
        });
        expect(answer).toBe('hello');
      }
    } finally {
      await cloud.stop();
    }
  });
});
