import { header, type ParsedRequest } from './request.ts';

/** Which pages of other origins may read answers. */
export interface CorsSettings {
  readonly AllowOrigins?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowHeaders?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly AllowCredentials?: boolean;
  readonly MaxAge?: number | string;
}

const allows = (allowed: readonly string[] | undefined, value: string): boolean =>
  (allowed ?? []).some((each) => each === '*' || each.toLowerCase() === value.toLowerCase());

/** Whether a request is a browser's question before the real one. */
export function isPreflight(request: ParsedRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    header(request.headers, 'origin') !== undefined &&
    header(request.headers, 'access-control-request-method') !== undefined
  );
}

/** The headers that an API or a function's URL with CORS settings puts on its answers; none where the origin is not allowed. */
export function corsHeaders(cors: CorsSettings, request: ParsedRequest): Record<string, string> {
  const origin = header(request.headers, 'origin');
  if (origin === undefined || !allows(cors.AllowOrigins, origin)) return {};
  const any = cors.AllowOrigins?.includes('*') && !cors.AllowCredentials;
  return {
    'access-control-allow-origin': any ? '*' : origin,
    ...(cors.AllowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.ExposeHeaders?.length ? { 'access-control-expose-headers': cors.ExposeHeaders.join(',') } : {}),
  };
}

export function preflightHeaders(cors: CorsSettings, request: ParsedRequest): Record<string, string> {
  const headers = corsHeaders(cors, request);
  if (Object.keys(headers).length === 0) return {};
  return {
    ...headers,
    'access-control-allow-methods': (cors.AllowMethods ?? []).join(','),
    'access-control-allow-headers': (cors.AllowHeaders ?? []).join(','),
    ...(cors.MaxAge === undefined ? {} : { 'access-control-max-age': String(cors.MaxAge) }),
  };
}
