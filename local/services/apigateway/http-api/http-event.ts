import { ACCOUNT } from '../../../kernel/index.ts';
import { domainName, requestTime } from '../context-variables.ts';
import { header, headerLists, type ParsedRequest } from '../request.ts';
import { type HttpExchange, rawPath } from './exchange.ts';

const TEXT = /^(text\/|application\/(json|javascript|xml|.*\+json|.*\+xml|x-www-form-urlencoded))/;

/** The event of a Lambda integration of an HTTP API, payload format 2.0; also of a Lambda authorizer. */
export function httpEvent(exchange: HttpExchange): Record<string, unknown> {
  const { request, api, stage, route, pathParameters } = exchange;
  const { cookie, ...headers } = joinedHeaders(request);
  const query = [...request.query].map(([name, values]) => [name, values.join(',')]);
  const { body, isBase64Encoded } = bodyOf(exchange);
  return {
    version: '2.0',
    routeKey: route?.key,
    rawPath: rawPath(exchange),
    rawQueryString: exchange.rawQuery,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...headers,
      host: domainName(api.id),
      'x-forwarded-for': request.sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(query.length === 0 ? {} : { queryStringParameters: Object.fromEntries(query) }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: api.id,
      ...authorizerOf(exchange),
      domainName: domainName(api.id),
      domainPrefix: api.id,
      http: {
        method: request.method,
        path: rawPath(exchange),
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: header(request.headers, 'user-agent') ?? '',
      },
      requestId: exchange.requestId,
      routeKey: route?.key,
      stage: stage.name,
      time: requestTime(exchange.startedAt),
      timeEpoch: exchange.startedAt,
    },
    ...(body === undefined ? {} : { body }),
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    isBase64Encoded,
    ...(Object.keys(stage.variables).length === 0 ? {} : { stageVariables: stage.variables }),
  };
}

function authorizerOf({ authorizer, signer }: HttpExchange): object {
  if (authorizer !== undefined) return { authorizer: { lambda: authorizer } };
  if (signer === undefined) return {};
  const { accessKeyId: accessKey, account: accountId, arn: userArn, userId } = signer;
  return { authorizer: { iam: { accessKey, accountId, callerId: userId, cognitoIdentity: null, principalOrgId: null, userArn, userId } } };
}

/** The same in payload format 1.0. */
export function httpEventV1(exchange: HttpExchange): Record<string, unknown> {
  const { request, api, stage, route, pathParameters } = exchange;
  const query = [...request.query];
  const { body, isBase64Encoded } = bodyOf(exchange);
  const resource = route?.key.split(' ')[1] ?? '$default';
  return {
    version: '1.0',
    resource,
    path: rawPath(exchange),
    httpMethod: request.method,
    headers: Object.fromEntries(headerLists(request).map(([name, values]) => [name, values.at(-1) ?? ''])),
    multiValueHeaders: Object.fromEntries(headerLists(request)),
    queryStringParameters: query.length === 0 ? null : Object.fromEntries(query.map(([name, values]) => [name, values.at(-1) ?? ''])),
    multiValueQueryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    requestContext: {
      accountId: ACCOUNT,
      apiId: api.id,
      ...(exchange.authorizer === undefined ? {} : { authorizer: exchange.authorizer }),
      domainName: domainName(api.id),
      domainPrefix: api.id,
      extendedRequestId: exchange.requestId,
      httpMethod: request.method,
      identity: {
        accessKey: exchange.signer?.accessKeyId ?? null,
        accountId: exchange.signer?.account ?? null,
        caller: exchange.signer?.userId ?? null,
        sourceIp: request.sourceIp,
        user: exchange.signer?.userId ?? null,
        userAgent: header(request.headers, 'user-agent') ?? null,
        userArn: exchange.signer?.arn ?? null,
      },
      path: rawPath(exchange),
      protocol: 'HTTP/1.1',
      requestId: exchange.requestId,
      requestTime: requestTime(exchange.startedAt),
      requestTimeEpoch: exchange.startedAt,
      resourceId: route?.key,
      resourcePath: resource,
      stage: stage.name,
    },
    pathParameters: Object.keys(pathParameters).length === 0 ? null : pathParameters,
    stageVariables: Object.keys(stage.variables).length === 0 ? null : stage.variables,
    body: body ?? null,
    isBase64Encoded,
  };
}

function bodyOf({ request }: HttpExchange): { readonly body: string | undefined; readonly isBase64Encoded: boolean } {
  if (request.body.length === 0) return { body: undefined, isBase64Encoded: false };
  // HTTP APIs hand over what is not declared as text in base64.
  const isBase64Encoded = !TEXT.test(header(request.headers, 'content-type') ?? '');
  return { body: Buffer.from(request.body).toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
}

/** By names in lower case, the values of repeated ones joined by commas. */
function joinedHeaders(request: ParsedRequest): Record<string, string> & { readonly cookie?: string } {
  return Object.fromEntries(headerLists(request).map(([name, values]) => [name.toLowerCase(), values.join(',')]));
}
