import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { App, Duration, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AwsIntegration,
  Cors,
  HttpIntegration,
  type IRestApi,
  JsonSchemaType,
  LambdaIntegration,
  LogGroupLogDestination,
  MockIntegration,
  Model,
  PassthroughBehavior,
  Period,
  RequestAuthorizer,
  RequestValidator,
  ResponseType,
  RestApi,
  TokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { LocalCloud } from '../../../local/index.ts';
import { deploy, inlineFunction, jsonOf } from './support.ts';

const ECHO = 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });';

describe('a Lambda proxy integration', () => {
  it('gets the event of AWS', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api', { deployOptions: { stageName: 'v1', variables: { color: 'blue' } } });
      api.root
        .resourceForPath('bookings/{bookingId}')
        .addMethod('POST', new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO)), { operationName: 'Change' });
      return api;
    });
    const response = await cloud.fetch('/v1/bookings/b%201?seat=1&seat=2&x=%26', {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'X-Custom': 'yes', 'user-agent': 'test' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await jsonOf(response)).toEqual({
      resource: '/bookings/{bookingId}',
      path: '/bookings/b%201',
      httpMethod: 'POST',
      headers: expect.objectContaining({
        'content-type': 'application/json',
        'x-custom': 'yes',
        Host: expect.stringMatching(/^[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/),
        'X-Forwarded-For': '127.0.0.1',
        'X-Forwarded-Proto': 'https',
        'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-/),
      }),
      multiValueHeaders: expect.objectContaining({ 'x-custom': ['yes'] }),
      queryStringParameters: { seat: '2', x: '&' },
      multiValueQueryStringParameters: { seat: ['1', '2'], x: ['&'] },
      pathParameters: { bookingId: 'b 1' },
      stageVariables: { color: 'blue' },
      requestContext: {
        resourceId: expect.any(String),
        resourcePath: '/bookings/{bookingId}',
        operationName: 'Change',
        httpMethod: 'POST',
        extendedRequestId: expect.stringMatching(/=$/),
        requestTime: '01/Jan/2026:00:00:00 +0000',
        path: '/v1/bookings/b%201',
        accountId: '000000000000',
        protocol: 'HTTP/1.1',
        stage: 'v1',
        domainPrefix: expect.any(String),
        requestTimeEpoch: Date.UTC(2026, 0, 1),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        identity: expect.objectContaining({ sourceIp: '127.0.0.1', userAgent: 'test', accessKey: null }),
        domainName: expect.any(String),
        deploymentId: expect.any(String),
        apiId: expect.any(String),
      },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
  });

  it('answers with status, headers and body, also of bytes', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api', { binaryMediaTypes: ['image/*'] });
      const handler = inlineFunction(
        stack,
        'Answers',
        `exports.handler = async (event) => event.path === '/image'
          ? { statusCode: 201, headers: { 'Content-Type': 'image/png' }, body: event.body, isBase64Encoded: event.isBase64Encoded }
          : { statusCode: 418, headers: { 'X-One': 'a' }, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] }, body: 'tea' };`,
      );
      api.root.addProxy({ defaultIntegration: new LambdaIntegration(handler) });
      return api;
    });
    const tea = await cloud.fetch('/prod/tea/pot');
    expect([tea.status, tea.headers.get('x-one'), tea.headers.getSetCookie(), await tea.text()]).toEqual([418, 'a', ['a=1', 'b=2'], 'tea']);
    const bytes = new Uint8Array([0x89, 0x50, 0xff, 0]);
    const image = await cloud.fetch('/prod/image', {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'image/png', accept: 'image/png' },
    });
    expect(new Uint8Array(await image.arrayBuffer())).toEqual(bytes);
  });

  it.each([
    ['an error', "throw new Error('no')", 502],
    ['text', "return 'hello'", 502],
    ['an unknown member', 'return { status: 200 }', 502],
    ['a body that is no text', 'return { statusCode: 200, body: { a: 1 } }', 502],
    ['a header that is no text', 'return { statusCode: 200, headers: { a: {} } }', 502],
    ['nothing but an empty object', 'return {}', 200],
  ])('with %s', async (_what, body, status) => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      api.root.addMethod('GET', new LambdaIntegration(inlineFunction(stack, 'F', `exports.handler = async () => { ${body} };`)));
      return api;
    });
    const response = await cloud.fetch('/prod/');
    expect(response.status).toBe(status);
    if (status === 502) expect(await jsonOf(response)).toEqual({ message: 'Internal server error' });
  });

  it('is given up after 29 seconds; the function goes on', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      const slow = inlineFunction(
        stack,
        'Slow',
        "exports.handler = async () => { await new Promise((r) => setTimeout(r, 60_000)); console.log('done'); };",
        Duration.minutes(2),
      );
      api.root.addMethod('GET', new LambdaIntegration(slow));
      return api;
    });
    const from = cloud.kernel.now();
    const response = await cloud.fetch('/prod/');
    expect(response.status).toBe(504);
    expect(await jsonOf(response)).toEqual({ message: 'Endpoint request timed out' });
    expect(cloud.kernel.now() - from).toBe(29_000);
    await cloud.advance({ seconds: 60 });
    expect(cloud.services.lambda.logs.lines().map((line) => line.message)).toEqual(['done']);
  });

  it('needs the permission of the function', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      const integration = new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO));
      api.root.addResource('a').addMethod('GET', integration);
      return api;
    });
    const lambda = cloud.resources.find(({ type }) => type === 'AWS::Lambda::Function')?.ref ?? '';
    const policy = cloud.kernel.invoke({ service: 'lambda', operation: 'GetPolicy', input: { FunctionName: lambda } }) as {
      Policy: string;
    };
    for (const { Sid } of JSON.parse(policy.Policy).Statement) {
      cloud.kernel.invoke({ service: 'lambda', operation: 'RemovePermission', input: { FunctionName: lambda, StatementId: Sid } });
    }
    expect((await cloud.fetch('/prod/a')).status).toBe(500);
    expect(cloud.services.apigateway.accessLog.lines()[0]?.error).toMatch(/Invalid permissions on Lambda function/);
  });
});

describe('a header that comes twice', () => {
  const stackOf = (stack: Stack): RestApi => {
    const api = new RestApi(stack, 'Api');
    api.root.addMethod('GET', new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO)));
    return api;
  };
  const expected = { headers: { 'x-a': '2', 'x-b': '1' }, multiValueHeaders: { 'x-a': ['1', '2'], 'x-b': ['1'] } };

  it('keeps its values apart', async () => {
    const cloud = await deploy(stackOf);
    const headers: [string, string][] = [
      ['X-A', '1'],
      ['x-b', '1'],
      ['x-a', '2'],
    ];
    expect(await jsonOf(await cloud.fetch('/prod/', { headers }))).toMatchObject(expected);
  });

  it('keeps them apart over a socket, too', async () => {
    const app = new App({ analyticsReporting: false });
    stackOf(new Stack(app, 'Test'));
    const cloud = await LocalCloud.fromApp(app, { time: 'real' });
    try {
      const { api } = await cloud.serve({ port: 0, awsPort: 0 });
      const answer = await new Promise<string>((resolve, reject) => {
        const sent = request(`${api.url}/prod/`, { headers: { 'x-a': ['1', '2'], 'x-b': '1' } }, (response) =>
          text(response).then(resolve, reject),
        );
        sent.on('error', reject).end();
      });
      expect(JSON.parse(answer)).toMatchObject(expected);
    } finally {
      await cloud.stop();
    }
  });
});

describe('routing', () => {
  it('prefers fixed parts to parameters, and parameters to the rest of the path', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      const integration = new LambdaIntegration(
        inlineFunction(
          stack,
          'F',
          'exports.handler = async (e) => ({ statusCode: 200, body: JSON.stringify([e.resource, e.pathParameters]) });',
        ),
      );
      for (const path of ['a/{x}', 'a/fixed', 'a/{x}/b', '{proxy+}']) api.root.resourceForPath(path).addMethod('GET', integration);
      return api;
    });
    const ask = async (path: string) => jsonOf(await cloud.fetch(`/prod${path}`));
    expect(await ask('/a/fixed')).toEqual(['/a/fixed', null]);
    expect(await ask('/a/other')).toEqual(['/a/{x}', { x: 'other' }]);
    // The fixed part leads nowhere here, the parameter does.
    expect(await ask('/a/fixed/b')).toEqual(['/a/{x}/b', { x: 'fixed' }]);
    expect(await ask('/a/other/b')).toEqual(['/a/{x}/b', { x: 'other' }]);
    expect(await ask('/z/y/x')).toEqual(['/{proxy+}', { proxy: 'z/y/x' }]);
  });

  it('answers what it does not know with "Missing Authentication Token"', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      api.root.addResource('a').addMethod('GET', new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO)));
      return api;
    });
    for (const [path, method] of [
      ['/prod/b', 'GET'],
      ['/prod/a', 'POST'],
      ['/prod/', 'GET'],
    ]) {
      const response = await cloud.fetch(path ?? '', { method: method ?? '' });
      expect([response.status, await jsonOf(response)]).toEqual([403, { message: 'Missing Authentication Token' }]);
    }
  });
});

describe('the gateway itself', () => {
  it('checks bodies and required parameters', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      const model = new Model(stack, 'Booking', {
        restApi: api as IRestApi,
        schema: {
          type: JsonSchemaType.OBJECT,
          required: ['seats'],
          properties: { seats: { type: JsonSchemaType.INTEGER, minimum: 1, maximum: 9 } },
          additionalProperties: false,
        },
      });
      api.root.addMethod('POST', new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO)), {
        requestModels: { 'application/json': model },
        requestParameters: { 'method.request.header.Idempotency-Key': true, 'method.request.querystring.limit': false },
        requestValidator: new RequestValidator(stack, 'Validator', {
          restApi: api as IRestApi,
          validateRequestBody: true,
          validateRequestParameters: true,
        }),
      });
      return api;
    });
    const post = async (body: string, headers: Record<string, string>) => {
      const response = await cloud.fetch('/prod/', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
      return [response.status, response.status === 200 ? '' : await jsonOf(response)];
    };
    const key = { 'idempotency-key': 'k' };
    expect(await post('{"seats":2}', key)).toEqual([200, '']);
    expect(await post('{"seats":2}', {})).toEqual([400, { message: 'Missing required request parameters: [Idempotency-Key]' }]);
    for (const body of ['{"seats":0}', '{"seats":"2"}', '{}', '{"seats":2,"x":1}', '{', '']) {
      expect(await post(body, key)).toEqual([400, { message: 'Invalid request body' }]);
    }
  });

  it('answers as gateway responses say', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      api.root
        .addResource('a')
        .addMethod('GET', new LambdaIntegration(inlineFunction(stack, 'Broken', 'exports.handler = async () => 1;')));
      api.addGatewayResponse('NotFound', {
        type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
        statusCode: '404',
        responseHeaders: {
          'Content-Type': "'application/problem+json'",
          'X-Request-Id': 'context.requestId',
          'X-Given': 'method.request.header.X-Given',
        },
        templates: {
          'application/json': '{"title":$context.error.messageString,"type":"$context.error.responseType","id":"$context.requestId"}',
        },
      });
      api.addGatewayResponse('Faults', { type: ResponseType.DEFAULT_5XX, templates: { 'application/json': '{"status":"broken"}' } });
      return api;
    });
    const missing = await cloud.fetch('/prod/b', { headers: { 'x-given': 'g' } });
    expect([missing.status, missing.headers.get('content-type'), missing.headers.get('x-given')]).toEqual([
      404,
      'application/problem+json',
      'g',
    ]);
    expect(await jsonOf(missing)).toEqual({
      title: 'Missing Authentication Token',
      type: 'MISSING_AUTHENTICATION_TOKEN',
      id: missing.headers.get('x-request-id'),
    });
    const broken = await cloud.fetch('/prod/a');
    expect([broken.status, await jsonOf(broken)]).toEqual([502, { status: 'broken' }]);
  });

  it('answers preflights as the CDK sets them up, and mocks', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api', {
        defaultCorsPreflightOptions: {
          allowOrigins: ['https://globalair.example'],
          allowMethods: Cors.ALL_METHODS,
          maxAge: Duration.hours(1),
        },
      });
      api.root.addMethod('GET', new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO)));
      api.root.addResource('mock').addMethod(
        'ANY',
        new MockIntegration({
          requestTemplates: { 'application/json': '{"statusCode": 405}' },
          passthroughBehavior: PassthroughBehavior.NEVER,
          integrationResponses: [
            {
              statusCode: '405',
              responseTemplates: { 'application/json': '{"path":"$context.resourcePath","who":"$input.params(\'who\')"}' },
              responseParameters: { 'method.response.header.Allow': "'GET, POST'" },
            },
          ],
        }),
        { methodResponses: [{ statusCode: '405', responseParameters: { 'method.response.header.Allow': true } }] },
      );
      return api;
    });
    const preflight = await cloud.fetch('/prod/', {
      method: 'OPTIONS',
      headers: { origin: 'https://globalair.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': 'https://globalair.example',
      'access-control-allow-methods': 'OPTIONS,GET,PUT,POST,DELETE,PATCH,HEAD',
      'access-control-max-age': '3600',
      vary: 'Origin',
    });
    const mocked = await cloud.fetch('/prod/mock?who=me', { method: 'PUT' });
    expect([mocked.status, mocked.headers.get('allow'), await jsonOf(mocked)]).toEqual([405, 'GET, POST', { path: '/mock', who: 'me' }]);
  });

  it('lets mapping templates override the request to the integration, and the status and headers of the response', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      const answer = (template: string) => ({ statusCode: '200', responseTemplates: { 'application/json': template } });
      const response = `#set($context.responseOverride.status = 418)#set($context.responseOverride.header.foo = 'bar')
        #set($context.responseOverride.header['X-Kind'] = $input.params('kind')){"a":1}`;
      const mock = new MockIntegration({
        requestTemplates: { 'application/json': '{"statusCode":200}' },
        integrationResponses: [answer(response)],
      });
      api.root.addResource('mock').addMethod('GET', mock, { methodResponses: [{ statusCode: '200' }] });
      const outside = new HttpIntegration('https://partner.example/{id}', {
        proxy: false,
        options: {
          requestParameters: { 'integration.request.path.id': "'1'", 'integration.request.header.x-a': "'a'" },
          requestTemplates: {
            'application/json': `#set($context.requestOverride.path.id = '2')#set($context.requestOverride.header.x-a = 'b')
              #set($context.requestOverride.querystring.q = 'c'){}`,
          },
          integrationResponses: [answer('{}')],
        },
      });
      api.root.addResource('http').addMethod('POST', outside, { methodResponses: [{ statusCode: '200' }] });
      return api;
    });
    const mocked = await cloud.fetch('/prod/mock?kind=tea');
    expect([mocked.status, mocked.headers.get('foo'), mocked.headers.get('x-kind')]).toEqual([418, 'bar', 'tea']);
    const sent: { url: string; headers: object }[] = [];
    cloud.services.apigateway.answerOutside((request) => {
      sent.push(request);
      return { status: 200, headers: {}, body: '{}' };
    });
    expect((await cloud.fetch('/prod/http', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(
      200,
    );
    expect(sent).toMatchObject([{ url: 'https://partner.example/2?q=c', headers: { 'x-a': 'b' } }]);
  });

  it('throttles a stage and a method, and lets through again as time passes', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api', {
        deployOptions: {
          throttlingRateLimit: 2,
          throttlingBurstLimit: 3,
          methodOptions: { '/slow/GET': { throttlingRateLimit: 1, throttlingBurstLimit: 1 } },
        },
      });
      const integration = new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO));
      api.root.addMethod('GET', integration);
      api.root.addResource('slow').addMethod('GET', integration);
      return api;
    });
    const statuses = async (path: string, count: number) => {
      const result: number[] = [];
      for (let i = 0; i < count; i += 1) result.push((await cloud.fetch(path)).status);
      return result;
    };
    expect(await statuses('/prod/', 4)).toEqual([200, 200, 200, 429]);
    await cloud.advance({ seconds: 1 });
    expect(await statuses('/prod/', 3)).toEqual([200, 200, 429]);
    expect(await statuses('/prod/slow', 2)).toEqual([200, 429]);
  });

  it('asks for API keys, and counts their quotas', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      api.root.addMethod('GET', new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO)), { apiKeyRequired: true });
      const plan = api.addUsagePlan('Plan', { quota: { limit: 2, period: Period.DAY } });
      plan.addApiStage({ stage: api.deploymentStage });
      plan.addApiKey(api.addApiKey('Key', { value: 'a-very-secret-api-key-value' }));
      return api;
    });
    const ask = async (key?: string) => (await cloud.fetch('/prod/', key === undefined ? {} : { headers: { 'x-api-key': key } })).status;
    expect([await ask(), await ask('wrong')]).toEqual([403, 403]);
    const key = 'a-very-secret-api-key-value';
    expect([await ask(key), await ask(key), await ask(key)]).toEqual([200, 200, 429]);
    await cloud.advance({ hours: 24 });
    expect(await ask(key)).toBe(200);
  });

  it('asks authorizers, and remembers what they said', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      const code = (token: string) => `let n = 0; exports.handler = async (event) => {
        n += 1;
        if (${token} === 'stranger') throw new Error('Unauthorized');
        const Effect = ${token} === 'denied' ? 'Deny' : 'Allow';
        return { principalId: ${token}, context: { n, vip: true, ...(${token} === 'nested' ? { of: { a: 1 } } : {}) }, policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: event.methodArn }] } };
      };`;
      const echo = new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO));
      const token = new TokenAuthorizer(stack, 'Token', { handler: inlineFunction(stack, 'ByToken', code('event.authorizationToken')) });
      const request = new RequestAuthorizer(stack, 'Request', {
        handler: inlineFunction(stack, 'ByRequest', code('event.headers["x-user"]')),
        identitySources: ['method.request.header.X-User'],
        resultsCacheTtl: Duration.seconds(0),
      });
      api.root.addResource('token').addMethod('GET', echo, { authorizer: token });
      api.root.addResource('request').addMethod('GET', echo, { authorizer: request });
      return api;
    });
    const ask = async (path: string, headers: Record<string, string>) => {
      const response = await cloud.fetch(`/prod/${path}`, { headers });
      const body = (await jsonOf(response)) as { requestContext?: { authorizer: object } };
      return [response.status, body.requestContext?.authorizer];
    };
    expect(await ask('token', {})).toEqual([401, undefined]);
    expect(await ask('token', { authorization: 'stranger' })).toEqual([401, undefined]);
    expect(await ask('token', { authorization: 'denied' })).toEqual([403, undefined]);
    expect(await ask('token', { authorization: 'ada' })).toEqual([200, { principalId: 'ada', n: '3', vip: 'true' }]);
    expect(await ask('token', { authorization: 'ada' })).toEqual([200, { principalId: 'ada', n: '3', vip: 'true' }]);
    expect(await ask('token', { authorization: 'nested' })).toEqual([500, undefined]);
    expect(cloud.services.apigateway.accessLog.lines().at(-1)?.error).toContain('of is {"a":1}');
    expect(await ask('request', { 'x-user': 'ada' })).toEqual([200, { principalId: 'ada', n: '1', vip: 'true' }]);
    expect(await ask('request', { 'x-user': 'ada' })).toEqual([200, { principalId: 'ada', n: '2', vip: 'true' }]);
  });

  it('judges callers by its resource policy', async () => {
    const cloud = await deploy((stack) => {
      const statement = (effect: Effect, path: string, conditions: Record<string, unknown> = {}) =>
        new PolicyStatement({
          effect,
          actions: ['execute-api:Invoke'],
          resources: [`execute-api:/*/GET/${path}`],
          principals: [new AnyPrincipal()],
          conditions,
        });
      const api = new RestApi(stack, 'Api', {
        policy: new PolicyDocument({
          statements: [
            statement(Effect.ALLOW, 'open'),
            statement(Effect.ALLOW, 'denied'),
            statement(Effect.DENY, 'denied', { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
            statement(Effect.ALLOW, 'asked'),
          ],
        }),
      });
      const code = `exports.handler = async (event) => ({ principalId: 'p', policyDocument: { Version: '2012-10-17', Statement:
        [{ Action: 'execute-api:Invoke', Effect: event.authorizationToken, Resource: event.authorizationToken === 'Deny' ? '*' : 'none' }] } });`;
      const handler = inlineFunction(stack, 'Authorize', code);
      const authorizer = new TokenAuthorizer(stack, 'Token', { handler });
      const echo = new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO));
      for (const path of ['open', 'denied', 'silent']) api.root.addResource(path).addMethod('GET', echo);
      for (const path of ['asked', 'asked-only']) api.root.addResource(path).addMethod('GET', echo, { authorizer });
      return api;
    });
    const ask = async (path: string, token = 'Allow') => {
      const response = await cloud.fetch(`/prod/${path}`, { headers: { authorization: token } });
      return response.status === 200 ? 200 : [response.status, ((await jsonOf(response)) as { message: string }).message];
    };
    const refusal =
      /^User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:\*{8}0000:/;
    expect(await ask('open')).toBe(200);
    expect(await ask('denied')).toEqual([
      403,
      expect.stringMatching(new RegExp(`${refusal.source}.*/prod/GET/denied with an explicit deny$`)),
    ]);
    expect(await ask('silent')).toEqual([403, expect.stringMatching(new RegExp(`${refusal.source}.*/prod/GET/silent$`))]);
    // The policy is enough where the authorizer says nothing; what the authorizer denies stays denied.
    expect(await ask('asked')).toBe(200);
    expect(await ask('asked', 'Deny')).toEqual([403, 'User is not authorized to access this resource with an explicit deny']);
    expect(await ask('asked-only')).toEqual([403, 'User is not authorized to access this resource']);
  });

  it('calls queues and topics by forms, and hands their answers on as AWS writes them', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      const queue = new Queue(stack, 'Queue', { queueName: 'jobs' });
      const topic = new Topic(stack, 'Topic');
      topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true }));
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('apigateway.amazonaws.com') });
      queue.grantSendMessages(role);
      topic.grantPublish(role);
      const attribute = (name: string) => `&${name}.1.Name=kind&${name}.1.Value.DataType=String&${name}.1.Value.StringValue=tea`;
      const options = (template: string) => ({
        credentialsRole: role,
        requestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" },
        requestTemplates: { 'application/json': template },
        integrationResponses: [
          { statusCode: '202', responseTemplates: { 'application/json': "$input.json('$')" } },
          { statusCode: '502', selectionPattern: '4..', responseTemplates: { 'application/json': "$input.json('$.Error.Code')" } },
        ],
      });
      const add = (path: string, integration: AwsIntegration) =>
        api.root.addResource(path).addMethod('POST', integration, { methodResponses: [{ statusCode: '202' }, { statusCode: '502' }] });
      const body = "$util.urlEncode($input.json('$.job'))";
      const send = `Action=SendMessage&MessageBody=${body}${attribute('MessageAttribute')}`;
      add('send', new AwsIntegration({ service: 'sqs', path: `${stack.account}/${queue.queueName}`, options: options(send) }));
      add('lost', new AwsIntegration({ service: 'sqs', path: `${stack.account}/nowhere`, options: options(send) }));
      const publish = `TopicArn=$util.urlEncode('${topic.topicArn}')&Message=${body}${attribute('MessageAttributes.entry')}`;
      add('publish', new AwsIntegration({ service: 'sns', action: 'Publish', options: options(publish) }));
      return api;
    });
    const post = async (path: string, job: string) => {
      const init = { method: 'POST', body: `{"job":"${job}"}`, headers: { 'content-type': 'application/json' } };
      const response = await cloud.fetch(`/prod/${path}`, init);
      return [response.status, await jsonOf(response)];
    };
    const metadata = { RequestId: expect.any(String) };
    const sent = { MessageId: expect.any(String), MD5OfMessageAttributes: expect.any(String) };
    expect(await post('send', 'a')).toMatchObject([202, { SendMessageResponse: { SendMessageResult: sent, ResponseMetadata: metadata } }]);
    const published = { PublishResult: { MessageId: expect.any(String) }, ResponseMetadata: metadata };
    expect(await post('publish', 'b')).toMatchObject([202, { PublishResponse: published }]);
    expect(await post('lost', 'c')).toEqual([502, 'AccessDenied']);
    await cloud.settle();
    const received = cloud.kernel.invoke({
      service: 'sqs',
      operation: 'ReceiveMessage',
      input: { QueueUrl: 'http://127.0.0.1:4566/000000000000/jobs', MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 },
    });
    const attributes = { kind: { DataType: 'String', StringValue: 'tea' } };
    expect(received).toMatchObject({
      Messages: [
        { Body: '"a"', MessageAttributes: attributes },
        { Body: '"b"', MessageAttributes: attributes },
      ],
    });
  });

  it('refuses bodies over 10 MB', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      api.root.addMethod('POST', new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO)));
      return api;
    });
    const response = await cloud.fetch('/prod/', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect([response.status, await jsonOf(response)]).toEqual([413, { message: 'Request Too Long' }]);
  });

  it('keeps an access log in the format of the stage', async () => {
    const cloud = await deploy((stack) => {
      const api = new RestApi(stack, 'Api', {
        deployOptions: {
          accessLogDestination: new LogGroupLogDestination(new LogGroup(stack, 'Log')),
          accessLogFormat: AccessLogFormat.custom(
            '{"id":"$context.requestId","status":"$context.status","path":"$context.path","route":"$context.resourcePath","ip":"$context.identity.sourceIp","error":"$context.error.responseType","latency":"$context.responseLatency"}',
          ),
        },
      });
      api.root
        .addResource('{id}')
        .addMethod(
          'GET',
          new LambdaIntegration(
            inlineFunction(stack, 'Slow', 'exports.handler = () => new Promise((r) => setTimeout(() => r({ statusCode: 204 }), 250));'),
          ),
        );
      return api;
    });
    await cloud.fetch('/prod/7');
    await cloud.fetch('/prod/7/8');
    const lines = cloud.services.apigateway.accessLog.lines();
    expect(lines.map((line) => JSON.parse(line.text ?? ''))).toEqual([
      { id: expect.any(String), status: '204', path: '/prod/7', route: '/{id}', ip: '127.0.0.1', error: '-', latency: '250' },
      {
        id: expect.any(String),
        status: '403',
        path: '/prod/7/8',
        route: '-',
        ip: '127.0.0.1',
        error: 'MISSING_AUTHENTICATION_TOKEN',
        latency: '0',
      },
    ]);
  });
});
