import { iamAuthorizer, payloadBody, payloadEvent, requestTime } from '../../../http/index.ts';
import { ACCOUNT } from '../../../kernel/index.ts';
import { domainName } from '../context-variables.ts';
import { header, headerLists } from '../request.ts';
import { type HttpExchange, rawPath } from './exchange.ts';

/** The event of a Lambda integration of an HTTP API, payload format 2.0; also of a Lambda authorizer. */
export function httpEvent(exchange: HttpExchange): Record<string, unknown> {
  const { request, api, stage, pathParameters } = exchange;
  return payloadEvent(request, {
    accountId: ACCOUNT,
    apiId: api.id,
    domainName: domainName(api.id),
    rawPath: rawPath(exchange),
    requestId: exchange.requestId,
    routeKey: exchange.route?.key,
    stage: stage.name,
    startedAt: exchange.startedAt,
    pathParameters,
    stageVariables: stage.variables,
    ...authorizerOf(exchange),
  });
}

function authorizerOf({ authorizer, signer }: HttpExchange): { readonly authorizer?: object } {
  if (authorizer !== undefined) return { authorizer: { lambda: authorizer } };
  return signer === undefined ? {} : { authorizer: iamAuthorizer(signer) };
}

/** The same in payload format 1.0. */
export function httpEventV1(exchange: HttpExchange): Record<string, unknown> {
  const { request, api, stage, route, pathParameters } = exchange;
  const query = [...request.query];
  const { body, isBase64Encoded } = payloadBody(request);
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
