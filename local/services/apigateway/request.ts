/** Input of `HandleRequest`: an HTTP request that a deployed API is to answer. */
export interface GatewayRequest {
  /** @default the only API there is */
  readonly apiId?: string;
  /** @default the first part of the path */
  readonly stage?: string;
  readonly method: string;
  /** Encoded, with a leading slash, without the query and (where `stage` is given) without the stage. */
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

/** Output of `HandleRequest`. */
export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array;
}

/** A request, read for its way through the API. */
export interface ParsedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The values of headers that came more than once, by name in lower case. */
  readonly repeated: Readonly<Record<string, readonly string[]>>;
  /** All values by parameter, decoded. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly body: Uint8Array;
  readonly sourceIp: string;
}

export function parseRequest(request: GatewayRequest, path: string): ParsedRequest {
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(request.rawQuery ?? '')) {
    const values = query.get(name);
    if (values) values.push(value);
    else query.set(name, [value]);
  }
  return {
    method: request.method.toUpperCase(),
    path,
    headers: request.headers ?? {},
    repeated: request.repeated ?? {},
    query,
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
