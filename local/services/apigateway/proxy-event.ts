import { requestTime } from '../../http/index.ts';
import { ACCOUNT } from '../../kernel/index.ts';
import { domainName } from './context-variables.ts';
import type { Exchange } from './exchange.ts';
import { header, headerLists } from './request.ts';

/** The event of a Lambda proxy integration of a REST API (payload format 1.0). */
export function proxyEvent(exchange: Exchange): object {
  const { request, resource, method, stage, api, pathParameters, signer } = exchange;
  const query = [...request.query];
  const headers = forwardedHeaders(exchange);
  const isBase64Encoded = request.body.length > 0 && isBinary(api.binaryMediaTypes, header(request.headers, 'content-type'));
  return {
    resource: resource?.path,
    path: request.path,
    httpMethod: request.method,
    headers: Object.fromEntries(headers.map(([name, values]) => [name, values.at(-1) ?? ''])),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: query.length === 0 ? null : Object.fromEntries(query.map(([name, values]) => [name, values.at(-1) ?? ''])),
    multiValueQueryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    pathParameters: Object.keys(pathParameters).length === 0 ? null : pathParameters,
    stageVariables: Object.keys(stage.variables).length === 0 ? null : stage.variables,
    requestContext: {
      resourceId: resource?.id,
      ...(exchange.authorizer === undefined ? {} : { authorizer: exchange.authorizer }),
      resourcePath: resource?.path,
      ...(method?.operationName === undefined ? {} : { operationName: method.operationName }),
      httpMethod: request.method,
      extendedRequestId: exchange.extendedRequestId,
      requestTime: requestTime(exchange.startedAt),
      path: `/${stage.name}${request.path}`,
      accountId: ACCOUNT,
      protocol: 'HTTP/1.1',
      stage: stage.name,
      domainPrefix: api.id,
      requestTimeEpoch: exchange.startedAt,
      requestId: exchange.requestId,
      identity: {
        cognitoIdentityPoolId: null,
        accountId: signer?.account ?? null,
        cognitoIdentityId: null,
        caller: signer?.userId ?? null,
        sourceIp: request.sourceIp,
        principalOrgId: null,
        accessKey: signer?.accessKeyId ?? null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: signer?.arn ?? null,
        userAgent: header(request.headers, 'user-agent') ?? null,
        user: signer?.userId ?? null,
        ...(exchange.apiKey === undefined ? {} : { apiKey: exchange.apiKey.value, apiKeyId: exchange.apiKey.id }),
      },
      domainName: domainName(api.id),
      deploymentId: stage.deploymentId,
      apiId: api.id,
    },
    body: request.body.length === 0 ? null : Buffer.from(request.body).toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

/** The request's headers as they reach the integration, with all their values. */
function forwardedHeaders({ request, api, traceId }: Exchange): [string, readonly string[]][] {
  const dropped = new Set([
    'connection',
    'content-length',
    'transfer-encoding',
    'host',
    'x-forwarded-for',
    'x-forwarded-port',
    'x-forwarded-proto',
  ]);
  const kept = headerLists(request).filter(([name]) => !dropped.has(name.toLowerCase()));
  return [
    ...kept.map(([name, values]): [string, readonly string[]] => [CAPITALIZED[name] ?? name, values]),
    ['Host', [domainName(api.id)]],
    ['X-Amzn-Trace-Id', [traceId]],
    ['X-Forwarded-For', [request.sourceIp]],
    ['X-Forwarded-Port', ['443']],
    ['X-Forwarded-Proto', ['https']],
  ];
}

/** Headers that the edge of AWS writes with capitals. */
const CAPITALIZED: Readonly<Record<string, string>> = { authorization: 'Authorization', 'user-agent': 'User-Agent' };

/** Whether a media type is among those that the API treats as bytes. */
export function isBinary(types: readonly string[], mediaType: string | undefined): boolean {
  const type = mediaType?.split(';')[0]?.trim().toLowerCase();
  return types.some(
    (each) => each === '*/*' || each.toLowerCase() === type || (each.endsWith('/*') && type?.startsWith(each.slice(0, -1).toLowerCase())),
  );
}
