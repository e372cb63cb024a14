/** An HTTP request as services that answer HTTP requests are given it. */
export interface IncomingRequest {
  readonly method: string;
  /** Encoded, with a leading slash, without the query. */
  readonly path: string;
  /** Without the question mark. @default none */
  readonly rawQuery?: string;
  /** Repeated headers joined by `, `. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The values of headers that came more than once, by name in lower case. @default none did */
  readonly repeated?: Readonly<Record<string, readonly string[]>>;
  /** @default empty */
  readonly body?: Uint8Array | string;
  /** @default '127.0.0.1' */
  readonly sourceIp?: string;
}

/** What such a service answers. */
export interface OutgoingResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array;
}

/** A request, taken apart. */
export interface ParsedRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  /** All values by parameter, decoded. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly headers: Readonly<Record<string, string>>;
  /** The values of headers that came more than once, by name in lower case. */
  readonly repeated: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  readonly sourceIp: string;
}

/** @param path where it differs from the request's: without the stage, say */
export function parseRequest(request: IncomingRequest, path: string = request.path): ParsedRequest {
  const { rawQuery = '' } = request;
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const values = query.get(name);
    if (values) values.push(value);
    else query.set(name, [value]);
  }
  return {
    method: request.method.toUpperCase(),
    path,
    rawQuery,
    query,
    headers: request.headers ?? {},
    repeated: request.repeated ?? {},
    body: typeof request.body === 'string' ? Buffer.from(request.body) : (request.body ?? new Uint8Array()),
    sourceIp: request.sourceIp ?? '127.0.0.1',
  };
}

/** All values of each header, in order. */
export function headerLists({ headers, repeated }: Pick<ParsedRequest, 'headers' | 'repeated'>): [string, readonly string[]][] {
  return Object.entries(headers).map(([name, value]) => [name, repeated[name.toLowerCase()] ?? [value]]);
}

/** A header by its name in any case. */
export function header(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(headers)) if (key.toLowerCase() === wanted) return value;
  return undefined;
}
