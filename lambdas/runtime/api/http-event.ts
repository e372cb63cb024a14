import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { WrongEventError } from '../context/wrong-event.ts';
import { callerOf } from './caller.ts';

/** What API Gateway hands to a function: of a REST API (or an HTTP API with payload format 1.0), or of an HTTP API. */
export type HttpEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

export type QueryParameters = Readonly<Record<string, string | readonly string[]>>;

/** A request, whatever gateway it came through. */
export interface HttpRequest {
  readonly method: string;
  /** Path without the stage or base path. */
  readonly path: string;
  /** What came before it: `/v1`; empty at the root. */
  readonly basePath: string;
  /** The gateway's own pattern of the path, where it has one: `/bookings/{bookingId}`. */
  readonly resource: string | undefined;
  /** Path parameters as the gateway found them, decoded; undefined where one cannot be. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly query: QueryParameters;
  /** By lower-case name; repeated ones joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** The gateway's id of the request. */
  readonly requestId: string;
  /** Who was authenticated; see {@link callerOf}. */
  readonly caller: string;
}

/** @throws WrongEventError when no API Gateway sent it */
export function readHttpEvent(event: HttpEvent): HttpRequest {
  const given: unknown = event;
  const isRequest = typeof given === 'object' && given !== null && ('httpMethod' in given || 'rawPath' in given);
  if (!isRequest) throw new WrongEventError('api()', 'the requests of an API Gateway', 'httpMethod and no rawPath');
  return isVersion2(event) ? readVersion2(event) : readVersion1(event);
}

function isVersion2(event: HttpEvent): event is APIGatewayProxyEventV2 {
  return 'version' in event && event.version === '2.0';
}

function readVersion1(event: APIGatewayProxyEvent): HttpRequest {
  const { requestContext: context } = event;
  // REST APIs pass path parameters as they came; HTTP APIs decode them, in either payload format.
  const encoded = !('version' in event);
  return {
    method: event.httpMethod,
    path: event.path,
    basePath: basePathOf(context?.path, event.path),
    resource: event.resource,
    parameters: mapValues(event.pathParameters ?? {}, (value) => (encoded && value !== undefined ? decode(value) : value)),
    query: queryOf(event),
    headers: headersOf(event),
    body: bodyOf(event),
    requestId: context?.requestId ?? '',
    caller: callerOf(event),
  };
}

function readVersion2(event: APIGatewayProxyEventV2): HttpRequest {
  const { requestContext: context } = event;
  const stage = context.stage === '$default' ? '' : `/${context.stage}`;
  const basePath = stage !== '' && (event.rawPath === stage || event.rawPath.startsWith(`${stage}/`)) ? stage : '';
  const space = event.routeKey.indexOf(' ');
  const query = noMembers<string | string[]>();
  for (const [name, value] of new URLSearchParams(event.rawQueryString)) {
    const before = query[name];
    query[name] = before === undefined ? value : [...[before].flat(), value];
  }
  return {
    method: context.http.method,
    path: event.rawPath.slice(basePath.length) || '/',
    basePath,
    resource: space < 0 ? undefined : event.routeKey.slice(space + 1),
    parameters: event.pathParameters ?? {},
    query,
    headers: lowerCase(event.headers),
    body: bodyOf(event),
    requestId: context.requestId,
    caller: callerOf(event),
  };
}

/** `/v1/bookings` seen by the client, `/bookings` by the API: `/v1`. */
function basePathOf(full: string | undefined, path: string): string {
  return full !== undefined && full !== path && full.endsWith(path) ? full.slice(0, -path.length).replace(/\/$/, '') : '';
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function queryOf(event: APIGatewayProxyEvent): QueryParameters {
  const query = noMembers<string | readonly string[]>();
  for (const [name, value] of Object.entries(event.queryStringParameters ?? {})) if (value !== undefined) query[name] = value;
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {}))
    if (values && values.length > 1) query[name] = values;
  return query;
}

function headersOf(event: APIGatewayProxyEvent): Record<string, string> {
  const headers = lowerCase(event.headers ?? {});
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {}))
    if (values && values.length > 1) headers[name.toLowerCase()] = values.join(', ');
  return headers;
}

function lowerCase(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const lower = noMembers<string>();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) lower[name.toLowerCase()] = value;
  return lower;
}

function bodyOf(event: { readonly body?: string | null; readonly isBase64Encoded?: boolean }): Buffer | undefined {
  if (event.body === undefined || event.body === null || event.body === '') return undefined;
  return Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
}

/** A record that holds what is put there and nothing else: clients choose the names, and `constructor` is one. */
function noMembers<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
