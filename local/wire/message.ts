/** An HTTP request as the wire sees it: no socket, header names in lower case. */
export interface WireRequest {
  readonly method: string;
  /** The request target as sent: path and query, still encoded; an absolute URL is accepted too. */
  readonly url: string;
  /** Names in lower case; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The values of headers that came more than once, by name in lower case. @default none did */
  readonly repeated?: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  /** Address of the client, for API Gateway's `sourceIp`. @default '127.0.0.1' */
  readonly sourceIp?: string;
}

export interface WireResponse {
  readonly status: number;
  /** Names in lower case. A header that may repeat (`set-cookie`) is an array. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array;
}

/** The parts of a request that routing and codecs ask for, taken apart once. */
export interface ParsedRequest {
  readonly method: string;
  /** Path without the query, still encoded, always with a leading slash. */
  readonly path: string;
  /** The query as sent, without the question mark. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly repeated: Readonly<Record<string, readonly string[]>>;
  readonly host: string;
  readonly body: Uint8Array;
  readonly sourceIp: string;
}

export const EMPTY = new Uint8Array(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function parseRequest(request: WireRequest): ParsedRequest {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.url);
  const target = absolute ? request.url.slice(absolute[0].length) : request.url;
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const rawQuery = at < 0 ? '' : target.slice(at + 1);
  return {
    method: request.method.toUpperCase(),
    path: path.startsWith('/') ? path : `/${path}`,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: request.headers,
    repeated: request.repeated ?? {},
    host: (request.headers.host ?? absolute?.[1] ?? '').toLowerCase(),
    body: plain(request.body),
    sourceIp: request.sourceIp ?? '127.0.0.1',
  };
}

/** The same bytes without the methods of a Buffer, whose `slice` and `toString` differ from those of the arrays that services expect. */
export function plain(bytes: Uint8Array): Uint8Array {
  return Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes;
}
