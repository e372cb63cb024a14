import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AuthorizationType } from 'aws-cdk-lib/aws-apigateway';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineRoute, type RouteContract } from '../../../lambdas/contracts/index.ts';
import { Api, type ApiProps } from '../../../lib/api/index.ts';
import { HandlerFunction } from '../../../lib/function/index.ts';

const entry = new URL('../function/sdk-handler.ts', import.meta.url);
const requestBooking = defineRoute('POST /bookings', {
  idempotencyKey: 'required',
  body: z.object({ flightId: z.string(), seats: z.int().check(z.gte(1), z.lte(9)) }),
});
const getBooking = defineRoute('GET /bookings/{bookingId}');
const cancelBooking = defineRoute('DELETE /bookings/{bookingId}');

function synth(props: Partial<ApiProps> = {}, timeout = Duration.seconds(10)) {
  const stack = new Stack(new App({ context: { 'millrace:aws-sdk': 'runtime' } }), 'Air');
  const handler = new HandlerFunction(stack, 'Bookings', { entry, timeout });
  const api = new Api(stack, 'Api', { routes: [requestBooking, getBooking, cancelBooking].map((route) => ({ route, handler })), ...props });
  return { stack, api, template: Template.fromStack(stack) };
}

function synthRoutes(routes: readonly RouteContract[], props: Partial<ApiProps> = {}): Template {
  const stack = new Stack(new App({ context: { 'millrace:aws-sdk': 'runtime' } }), 'Air');
  const handler = new HandlerFunction(stack, 'All', { entry });
  new Api(stack, 'Api', { routes: routes.map((route) => ({ route, handler })), ...props });
  return Template.fromStack(stack);
}

/** The properties of all resources of a type, in the shape that the test looks at. */
function all<Properties>(template: Template, type: string): Properties[] {
  const resources: Record<string, { readonly Properties: Properties }> = template.findResources(type) as never;
  return Object.values(resources).map(({ Properties }) => Properties);
}

describe('Api', () => {
  let template: Template;
  beforeAll(() => {
    template = synth().template;
  });

  it('is a regional REST API whose stage is the version, throttled, traced and logged', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } });
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'v1',
      TracingEnabled: true,
      MethodSettings: [
        Match.objectLike({
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: 1_000,
          ThrottlingBurstLimit: 2_000,
          MetricsEnabled: true,
        }),
      ],
      AccessLogSetting: { DestinationArn: Match.anyValue(), Format: Match.anyValue() },
    });
    const [stage] = all<{ AccessLogSetting: { Format: string } }>(template, 'AWS::ApiGateway::Stage');
    expect(JSON.parse(stage?.AccessLogSetting.Format ?? '')).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
  });

  it("leaves the account's CloudWatch role alone, unless asked to set it", () => {
    template.resourceCountIs('AWS::ApiGateway::Account', 0);
    synth({ accountCloudWatchRole: true }).template.resourceCountIs('AWS::ApiGateway::Account', 1);
  });

  it('makes each route reachable, with a permission for that route alone', () => {
    const methods = all<{ HttpMethod: string; Integration: { Type: string } }>(template, 'AWS::ApiGateway::Method');
    expect(
      methods
        .filter(({ Integration }) => Integration.Type === 'AWS_PROXY')
        .map(({ HttpMethod }) => HttpMethod)
        .sort(),
    ).toEqual(['DELETE', 'GET', 'POST']);
    const sources = all<object>(template, 'AWS::Lambda::Permission').map((permission) => JSON.stringify(permission));
    expect(sources).toHaveLength(3);
    for (const end of ['/POST/bookings', '/GET/bookings/*', '/DELETE/bookings/*'])
      expect(sources.filter((source) => source.includes(end))).toHaveLength(1);
  });

  it('answers other methods of a path with 405 and what it allows', () => {
    const methods = all<{
      HttpMethod: string;
      Integration: { IntegrationResponses: { StatusCode: string; ResponseParameters: Record<string, string> }[] };
    }>(template, 'AWS::ApiGateway::Method');
    const allow = methods
      .filter(({ HttpMethod }) => HttpMethod === 'ANY')
      .map(({ Integration }) => Integration.IntegrationResponses[0])
      .filter((response) => response?.StatusCode === '405');
    expect(allow.map((response) => [response?.StatusCode, response?.ResponseParameters['method.response.header.Allow']]).sort()).toEqual([
      ['405', "'DELETE, GET'"],
      ['405', "'POST'"],
    ]);
  });

  it('answers every path without a route with 404, whatever the gateway would say', () => {
    const [proxy] = Object.entries(template.findResources('AWS::ApiGateway::Resource', { Properties: { PathPart: '{proxy+}' } }));
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'ANY',
      ResourceId: { Ref: proxy?.[0] },
      Integration: Match.objectLike({ Type: 'MOCK', IntegrationResponses: [Match.objectLike({ StatusCode: '404' })] }),
    });
    const stack = new Stack(new App({ context: { 'millrace:aws-sdk': 'runtime' } }), 'Air');
    const handler = new HandlerFunction(stack, 'All', { entry });
    new Api(stack, 'Api', { routes: [{ route: defineRoute('GET /{rest+}'), handler }] });
    expect(all<{ PathPart: string }>(Template.fromStack(stack), 'AWS::ApiGateway::Resource').map(({ PathPart }) => PathPart)).toEqual([
      '{rest+}',
    ]);
  });

  it("makes the gateway's own answers problems, an unknown path a 404", () => {
    const responses = all<{
      ResponseType: string;
      StatusCode?: string;
      ResponseTemplates: Record<string, string>;
      ResponseParameters: Record<string, string>;
    }>(template, 'AWS::ApiGateway::GatewayResponse');
    const by = new Map(responses.map((response) => [response.ResponseType, response]));
    const statusOf = (type: string) => by.get(type)?.StatusCode;
    expect([
      statusOf('MISSING_AUTHENTICATION_TOKEN'),
      statusOf('THROTTLED'),
      statusOf('REQUEST_TOO_LARGE'),
      statusOf('INTEGRATION_TIMEOUT'),
      statusOf('UNSUPPORTED_MEDIA_TYPE'),
    ]).toEqual(['404', '429', '413', '504', '415']);
    expect(by.size).toBe(21);
    for (const { ResponseTemplates, ResponseParameters, StatusCode } of responses) {
      const problem = JSON.parse(ResponseTemplates['application/json'] ?? '');
      expect(problem).toMatchObject({ type: expect.any(String), title: expect.any(String) });
      if (StatusCode !== undefined) expect(String(problem.status)).toBe(StatusCode);
      expect(ResponseParameters['gatewayresponse.header.Content-Type']).toBe("'application/problem+json'");
    }
    expect(by.get('THROTTLED')?.ResponseParameters['gatewayresponse.header.Retry-After']).toBe("'1'");
  });

  it('alarms on failing and slow requests', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: '5XXError', Statistic: 'Average', Threshold: 0.05 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Latency', ExtendedStatistic: 'p99', Threshold: 3_000 });
  });

  it('checks bodies in the handler by default, which can name each field', () => {
    template.resourceCountIs('AWS::ApiGateway::Model', 0);
    template.resourceCountIs('AWS::ApiGateway::RequestValidator', 0);
  });

  it('checks bodies and headers at the edge on request, by the schema of the contract', () => {
    const edge = synth({ validation: 'edge' }).template;
    edge.resourceCountIs('AWS::ApiGateway::RequestValidator', 1);
    edge.hasResourceProperties('AWS::ApiGateway::Model', {
      ContentType: 'application/json',
      Schema: Match.objectLike({
        $schema: 'http://json-schema.org/draft-04/schema#',
        type: 'object',
        required: ['flightId', 'seats'],
        properties: { flightId: { type: 'string' }, seats: Match.objectLike({ type: 'integer', minimum: 1, maximum: 9 }) },
      }),
    });
    edge.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'POST',
      RequestParameters: { 'method.request.header.Idempotency-Key': true },
      RequestModels: { 'application/json': Match.anyValue() },
      RequestValidatorId: Match.anyValue(),
    });
  });

  it('checks by a changed schema from the next deployment on', () => {
    const deployed = (most: number) => {
      const route = defineRoute('POST /bookings', { body: z.object({ seats: z.int().check(z.lte(most)) }) });
      const edge = synthRoutes([route], { validation: 'edge' });
      const [model = ''] = Object.keys(edge.findResources('AWS::ApiGateway::Model'));
      edge.hasResource('AWS::ApiGateway::Deployment', { DependsOn: Match.arrayWith([model]) });
      return Object.keys(edge.findResources('AWS::ApiGateway::Deployment'));
    };
    expect(deployed(9)).toEqual(deployed(9));
    expect(deployed(5)).not.toEqual(deployed(9));
  });

  it('asks for what its overrides ask for, except for what is not there and what is open to anybody', () => {
    const stack = new Stack(new App({ context: { 'millrace:aws-sdk': 'runtime' } }), 'Air');
    const handler = new HandlerFunction(stack, 'Bookings', { entry });
    new Api(stack, 'Api', {
      routes: [
        { route: getBooking, handler },
        { route: requestBooking, handler, authorizer: 'none', apiKeyRequired: false },
      ],
      overrides: { defaultMethodOptions: { authorizationType: AuthorizationType.IAM, apiKeyRequired: true } },
    });
    type Method = { readonly HttpMethod: string; readonly AuthorizationType: string; readonly ApiKeyRequired: boolean };
    const asked = all<Method>(Template.fromStack(stack), 'AWS::ApiGateway::Method').map(
      (method) => `${method.HttpMethod} ${method.AuthorizationType} ${method.ApiKeyRequired}`,
    );
    expect(new Set(asked)).toEqual(new Set(['GET AWS_IAM true', 'POST NONE false', 'ANY NONE false']));
  });

  it('opens itself to the pages of given origins: preflight, gateway answers, handlers', () => {
    const cors = synth({ cors: { allowOrigins: ['https://air.example'] } }).template;
    const preflights = all<{ HttpMethod: string }>(cors, 'AWS::ApiGateway::Method').filter(({ HttpMethod }) => HttpMethod === 'OPTIONS');
    expect(preflights).toHaveLength(2);
    cors.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseParameters: Match.objectLike({ 'gatewayresponse.header.Access-Control-Allow-Origin': "'https://air.example'" }),
    });
    cors.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ MILLRACE_API_ORIGINS: 'https://air.example' }) },
    });
  });

  it('throttles a route by itself', () => {
    const stack = new Stack(new App({ context: { 'millrace:aws-sdk': 'runtime' } }), 'Air');
    const handler = new HandlerFunction(stack, 'Bookings', { entry });
    new Api(stack, 'Api', { routes: [{ route: requestBooking, handler, throttle: { rateLimit: 5, burstLimit: 10 } }] });
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: Match.arrayWith([
        Match.objectLike({ HttpMethod: 'POST', ResourcePath: '/~1bookings', ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 }),
      ]),
    });
  });

  it('refuses a handler that may run longer than API Gateway waits', () => {
    expect(() => synth({}, Duration.seconds(30))).toThrow(
      /Air\/Api: Air\/Bookings may run for 30 s, but API Gateway stops waiting for POST \/bookings after 29 s/,
    );
  });

  it('has no place for a catch-all beside a parameter at the root', () => {
    const template = synthRoutes([defineRoute('GET /{id}')]);
    expect(all<{ PathPart: string }>(template, 'AWS::ApiGateway::Resource').map(({ PathPart }) => PathPart)).toEqual(['{id}']);
  });

  it('refuses two names for one part of a path, which API Gateway would', () => {
    expect(() => synthRoutes([defineRoute('GET /b/{x}'), defineRoute('GET /b/{y}/z')])).toThrow(
      /Air\/Api: GET \/b\/\{x\} and GET \/b\/\{y\}\/z name the same part of the path \{x\} and \{y\}/,
    );
    expect(() => synthRoutes([defineRoute('GET /b/{x}'), defineRoute('GET /b/{rest+}')])).toThrow(/\{x\} and \{rest\+\}/);
  });

  it('gives a function one permission when it has more routes than its policy has room for', () => {
    const routes = (count: number) => Array.from({ length: count }, (_, index) => defineRoute(`GET /things-${index}/{id}`));
    synthRoutes(routes(30)).resourceCountIs('AWS::Lambda::Permission', 30);
    const many = synthRoutes(routes(60));
    many.resourceCountIs('AWS::Lambda::Permission', 1);
    many.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'apigateway.amazonaws.com', SourceArn: Match.anyValue() });
  });

  it('refuses no routes, and one route twice', () => {
    expect(() => synth({ routes: [] })).toThrow(/at least one route/);
    const stack = new Stack(new App({ context: { 'millrace:aws-sdk': 'runtime' } }), 'Air');
    const handler = new HandlerFunction(stack, 'Bookings', { entry });
    expect(
      () =>
        new Api(stack, 'Api', {
          routes: [
            { route: getBooking, handler },
            { route: getBooking, handler },
          ],
        }),
    ).toThrow(/GET \/bookings\/\{bookingId\} is there twice/);
  });
});
