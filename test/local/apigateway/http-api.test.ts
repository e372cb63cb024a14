import { Duration } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi, HttpMethod, HttpStage, PayloadFormatVersion } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local/index.ts';
import { deploy, inlineFunction } from './support.ts';

const ECHO = 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });';

interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
}

async function ask(
  cloud: LocalCloud,
  method: string,
  path: string,
  more: { rawQuery?: string; headers?: object; body?: string } = {},
): Promise<Asked> {
  const response = await cloud.kernel.until(
    cloud.services.apigateway.handle({ method, path, ...(more as { headers: Record<string, string> }) }),
  );
  const text = Buffer.from(response.body).toString();
  return {
    status: response.statusCode,
    headers: response.headers as Asked['headers'],
    body: text.startsWith('{') ? JSON.parse(text) : text,
  };
}

describe('an HTTP API', () => {
  it('joins the values of a header that comes twice, and keeps them apart in payload format 1.0', async () => {
    const cloud = await deploy((stack) => {
      const api = new HttpApi(stack, 'Api');
      const echo = inlineFunction(stack, 'Echo', ECHO);
      for (const [path, parameters] of [
        ['/new', {}],
        ['/old', { payloadFormatVersion: PayloadFormatVersion.VERSION_1_0 }],
      ] as const) {
        api.addRoutes({ path, methods: [HttpMethod.GET], integration: new HttpLambdaIntegration(`To${path.slice(1)}`, echo, parameters) });
      }
      return undefined;
    });
    const headers: [string, string][] = [
      ['x-a', '1'],
      ['X-A', '2'],
    ];
    expect(await (await cloud.fetch('/new', { headers })).json()).toMatchObject({ headers: { 'x-a': '1,2' } });
    expect(await (await cloud.fetch('/old', { headers })).json()).toMatchObject({
      headers: { 'x-a': '2' },
      multiValueHeaders: { 'x-a': ['1', '2'] },
    });
  });

  it('gives functions the event of payload format 2.0', async () => {
    const cloud = await deploy((stack) => {
      const api = new HttpApi(stack, 'Api');
      const integration = new HttpLambdaIntegration('Echo', inlineFunction(stack, 'Echo', ECHO));
      api.addRoutes({ path: '/bookings/{bookingId}', methods: [HttpMethod.POST], integration });
      return undefined;
    });
    const asked = await ask(cloud, 'POST', '/bookings/b%201', {
      rawQuery: 'seat=1&seat=2',
      headers: { 'content-type': 'application/json', 'X-Custom': 'yes', cookie: 'a=1; b=2', 'user-agent': 'test' },
      body: '{"a":1}',
    });
    expect(asked.status).toBe(200);
    expect(asked.body).toEqual({
      version: '2.0',
      routeKey: 'POST /bookings/{bookingId}',
      rawPath: '/bookings/b%201',
      rawQueryString: 'seat=1&seat=2',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({ 'content-type': 'application/json', 'x-custom': 'yes', 'x-forwarded-proto': 'https' }),
      queryStringParameters: { seat: '1,2' },
      requestContext: {
        accountId: '000000000000',
        apiId: expect.any(String),
        domainName: expect.stringMatching(/execute-api\.us-east-1\.amazonaws\.com$/),
        domainPrefix: expect.any(String),
        http: { method: 'POST', path: '/bookings/b%201', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.any(String),
        routeKey: 'POST /bookings/{bookingId}',
        stage: '$default',
        time: '01/Jan/2026:00:00:00 +0000',
        timeEpoch: Date.UTC(2026, 0, 1),
      },
      body: '{"a":1}',
      pathParameters: { bookingId: 'b 1' },
      isBase64Encoded: false,
    });
  });

  it('answers as functions say, or with what they return', async () => {
    const cloud = await deploy((stack) => {
      const api = new HttpApi(stack, 'Api');
      const answers = `exports.handler = async ({ rawPath }) => ({
        '/full': { statusCode: 201, headers: { 'X-One': 'a' }, cookies: ['a=1', 'b=2'], body: 'made' },
        '/object': { hello: 'world' },
        '/text': 'hello',
        '/broken': { statusCode: 'yes' },
      })[rawPath];`;
      api.addRoutes({ path: '/{proxy+}', integration: new HttpLambdaIntegration('F', inlineFunction(stack, 'F', answers)) });
      return undefined;
    });
    expect(await ask(cloud, 'GET', '/full')).toMatchObject({
      status: 201,
      headers: { 'x-one': 'a', 'set-cookie': ['a=1', 'b=2'] },
      body: 'made',
    });
    expect(await ask(cloud, 'GET', '/object')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { hello: 'world' },
    });
    expect(await ask(cloud, 'GET', '/text')).toMatchObject({ status: 200, body: 'hello' });
    expect(await ask(cloud, 'GET', '/broken')).toMatchObject({ status: 500, body: { message: 'Internal Server Error' } });
  });

  it('prefers the most specific route', async () => {
    const cloud = await deploy((stack) => {
      const route = inlineFunction(stack, 'F', 'exports.handler = async (event) => event.routeKey;');
      const integration = new HttpLambdaIntegration('F', route);
      const api = new HttpApi(stack, 'Api', { defaultIntegration: integration });
      for (const path of ['/a/{x}', '/a/fixed', '/a/{x+}']) api.addRoutes({ path, methods: [HttpMethod.GET], integration });
      api.addRoutes({ path: '/a/fixed', methods: [HttpMethod.ANY], integration });
      return undefined;
    });
    const routeOf = async (method: string, path: string) => (await ask(cloud, method, path)).body;
    expect(await routeOf('GET', '/a/fixed')).toBe('GET /a/fixed');
    expect(await routeOf('PUT', '/a/fixed')).toBe('ANY /a/fixed');
    expect(await routeOf('GET', '/a/other')).toBe('GET /a/{x}');
    expect(await routeOf('GET', '/a/b/c')).toBe('GET /a/{x+}');
    expect(await routeOf('GET', '/elsewhere')).toBe('$default');
  });

  it('has stages, throttles, time limits, and 404 for the unknown', async () => {
    const cloud = await deploy((stack) => {
      const api = new HttpApi(stack, 'Api', { createDefaultStage: false });
      new HttpStage(stack, 'V1', { httpApi: api, stageName: 'v1', autoDeploy: true, throttle: { rateLimit: 1, burstLimit: 2 } });
      const slow = inlineFunction(stack, 'Slow', 'exports.handler = () => new Promise((r) => setTimeout(r, 60_000));', Duration.minutes(2));
      api.addRoutes({ path: '/slow', integration: new HttpLambdaIntegration('Slow', slow) });
      return undefined;
    });
    expect(await ask(cloud, 'GET', '/v1/unknown')).toMatchObject({ status: 404, body: { message: 'Not Found' } });
    expect(await ask(cloud, 'GET', '/slow')).toMatchObject({ status: 404 });
    const from = cloud.kernel.now();
    expect(await ask(cloud, 'GET', '/v1/slow')).toMatchObject({ status: 503, body: { message: 'Service Unavailable' } });
    expect(cloud.kernel.now() - from).toBe(30_000);
    const statuses = await cloud.kernel.until(
      Promise.all([1, 2, 3].map(() => cloud.services.apigateway.handle({ method: 'GET', path: '/v1/slow' }))),
    );
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([503, 503, 429]);
  });

  it('answers browsers from other origins', async () => {
    const cloud = await deploy((stack) => {
      const api = new HttpApi(stack, 'Api', {
        corsPreflight: { allowOrigins: ['https://globalair.example'], allowMethods: [CorsHttpMethod.GET], allowHeaders: ['x-key'] },
      });
      api.addRoutes({ path: '/', integration: new HttpLambdaIntegration('Echo', inlineFunction(stack, 'Echo', ECHO)) });
      return undefined;
    });
    const origin = 'https://globalair.example';
    const preflight = await ask(cloud, 'OPTIONS', '/', { headers: { origin, 'access-control-request-method': 'GET' } });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': origin, 'access-control-allow-methods': 'GET', 'access-control-allow-headers': 'x-key' },
    });
    expect((await ask(cloud, 'GET', '/', { headers: { origin } })).headers['access-control-allow-origin']).toBe(origin);
    expect(
      (await ask(cloud, 'GET', '/', { headers: { origin: 'https://other.example' } })).headers['access-control-allow-origin'],
    ).toBeUndefined();
  });

  it('asks Lambda authorizers', async () => {
    const cloud = await deploy((stack) => {
      const api = new HttpApi(stack, 'Api');
      const check =
        "exports.handler = async (event) => ({ isAuthorized: event.identitySource[0] === 'ada', context: { who: event.headers.authorization } });";
      const authorizer = new HttpLambdaAuthorizer('Authorizer', inlineFunction(stack, 'Check', check), {
        responseTypes: [HttpLambdaResponseType.SIMPLE],
      });
      api.addRoutes({ path: '/', integration: new HttpLambdaIntegration('Echo', inlineFunction(stack, 'Echo', ECHO)), authorizer });
      return undefined;
    });
    expect((await ask(cloud, 'GET', '/')).status).toBe(401);
    expect((await ask(cloud, 'GET', '/', { headers: { authorization: 'bob' } })).status).toBe(403);
    expect(await ask(cloud, 'GET', '/', { headers: { authorization: 'ada' } })).toMatchObject({
      status: 200,
      body: { requestContext: { authorizer: { lambda: { who: 'ada' } } } },
    });
  });
});
