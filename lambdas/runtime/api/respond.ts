import type { APIGatewayProxyResult } from 'aws-lambda';
import type { HttpRequest } from './http-event.ts';
import type { Reply } from './reply.ts';

export interface ResponseContext {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly correlationId: string;
  /** Origins that may read answers (CORS). @default none */
  readonly origins: readonly string[];
}

/** A reply as API Gateway takes it. */
export function respond(reply: Reply, { request, requestId, correlationId, origins }: ResponseContext): APIGatewayProxyResult {
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    'x-correlation-id': correlationId,
    ...corsHeaders(request.headers.origin, origins),
  };
  const hasBody = reply.body !== undefined && reply.status !== 204 && reply.status !== 304;
  if (hasBody) headers['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(reply.headers ?? {})) headers[name.toLowerCase()] = value;
  if (headers.location !== undefined) headers.location = absolute(headers.location, request.basePath);
  const text = hasBody ? JSON.stringify(reply.body) : '';
  return { statusCode: reply.status, headers, body: request.method.toUpperCase() === 'HEAD' ? '' : text };
}

function absolute(location: string, basePath: string): string {
  const isPath = location.startsWith('/') && !location.startsWith('//');
  return isPath && location !== basePath && !location.startsWith(`${basePath}/`) ? basePath + location : location;
}

function corsHeaders(origin: string | undefined, origins: readonly string[]): Record<string, string> {
  if (origins.length === 0) return {};
  const exposed = { 'access-control-expose-headers': 'location, x-request-id, x-correlation-id, retry-after' };
  if (origins.includes('*')) return { 'access-control-allow-origin': '*', ...exposed };
  const allowed = origin !== undefined && origins.includes(origin);
  return { vary: 'origin', ...(allowed ? { 'access-control-allow-origin': origin, ...exposed } : {}) };
}
