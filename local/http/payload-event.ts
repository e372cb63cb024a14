import { header, headerLists, type ParsedRequest } from './request.ts';
import { requestTime } from './request-time.ts';

const TEXT = /^(text\/|application\/(json|javascript|xml|.*\+json|.*\+xml|x-www-form-urlencoded))/;

/** What the event of a function says beside the request itself. */
export interface PayloadFacts {
  /** The account, or `anonymous`. */
  readonly accountId: string;
  /** The id of the API or of the function's URL: the first label of the domain. */
  readonly apiId: string;
  readonly domainName: string;
  /** The path with the stage in front, as callers write it. */
  readonly rawPath: string;
  readonly requestId: string;
  readonly routeKey: string | undefined;
  readonly stage: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** @default nobody authorized the request */
  readonly authorizer?: object;
  /** @default none */
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** @default none */
  readonly stageVariables?: Readonly<Record<string, string>>;
}

/**
 * The event in payload format 2.0, that functions get from HTTP APIs and from their own URLs.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function payloadEvent(request: ParsedRequest, facts: PayloadFacts): Record<string, unknown> {
  const { cookie, ...headers } = joinedHeaders(request);
  const { apiId, domainName, rawPath, requestId, routeKey, stage, startedAt, authorizer, pathParameters = {}, stageVariables = {} } = facts;
  const query = [...request.query].map(([name, values]) => [name, values.join(',')]);
  const { body, isBase64Encoded } = payloadBody(request);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: request.rawQuery,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...headers,
      host: domainName,
      'x-forwarded-for': request.sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(query.length === 0 ? {} : { queryStringParameters: Object.fromEntries(query) }),
    requestContext: {
      accountId: facts.accountId,
      apiId,
      ...(authorizer === undefined ? {} : { authorizer }),
      domainName,
      domainPrefix: apiId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: header(request.headers, 'user-agent') ?? '',
      },
      requestId,
      routeKey,
      stage,
      time: requestTime(startedAt),
      timeEpoch: startedAt,
    },
    ...(body === undefined ? {} : { body }),
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    isBase64Encoded,
    ...(Object.keys(stageVariables).length === 0 ? {} : { stageVariables }),
  };
}

/** What is not declared as text is handed over in base64. */
export function payloadBody(request: ParsedRequest): { readonly body: string | undefined; readonly isBase64Encoded: boolean } {
  if (request.body.length === 0) return { body: undefined, isBase64Encoded: false };
  const isBase64Encoded = !TEXT.test(header(request.headers, 'content-type') ?? '');
  return { body: Buffer.from(request.body).toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
}

/** By names in lower case, the values of repeated ones joined by commas. */
function joinedHeaders(request: ParsedRequest): Record<string, string> & { readonly cookie?: string } {
  return Object.fromEntries(headerLists(request).map(([name, values]) => [name.toLowerCase(), values.join(',')]));
}
