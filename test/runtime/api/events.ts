import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from 'aws-lambda';

export interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly resource?: string;
  readonly parameters?: Record<string, string>;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
  readonly body?: string | null;
  readonly base64?: boolean;
  readonly stage?: string;
}

/** What a REST API hands to a function. */
export function restEvent(call: Call): APIGatewayProxyEvent {
  const { method = 'GET', path = '/', stage = 'v1' } = call;
  const lists = Object.fromEntries(Object.entries(call.query ?? {}).map(([name, value]) => [name, [value].flat()]));
  return {
    httpMethod: method,
    path,
    resource: call.resource ?? path,
    pathParameters: call.parameters ?? null,
    queryStringParameters: Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1)])),
    multiValueQueryStringParameters: lists,
    headers: call.headers ?? {},
    multiValueHeaders: Object.fromEntries(Object.entries(call.headers ?? {}).map(([name, value]) => [name, [value]])),
    body: call.body ?? null,
    isBase64Encoded: call.base64 ?? false,
    stageVariables: null,
    requestContext: { path: `/${stage}${path}`, stage, requestId: 'gateway-request', identity: {} },
  } as unknown as APIGatewayProxyEvent;
}

/** What an HTTP API hands to a function, payload format 2.0. */
export function httpEvent(call: Call): APIGatewayProxyEventV2 {
  const { method = 'GET', path = '/', stage = 'v1' } = call;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) for (const each of [value].flat()) query.append(name, each);
  return {
    version: '2.0',
    routeKey: `${method} ${call.resource ?? path}`,
    rawPath: `/${stage}${path}`,
    rawQueryString: query.toString(),
    pathParameters: call.parameters,
    headers: call.headers ?? {},
    body: call.body ?? undefined,
    isBase64Encoded: call.base64 ?? false,
    requestContext: { stage, requestId: 'gateway-request', http: { method, path } },
  } as unknown as APIGatewayProxyEventV2;
}

export const lambdaContext = { awsRequestId: 'lambda-request', getRemainingTimeInMillis: () => 10_000 } as unknown as Context;
