import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';
import { scopeOf } from './credentials.ts';
import { type ParsedRequest, parseRequest, text, type WireRequest } from './message.ts';

/** How a request is written. The flavours of one protocol differ in media type and in how times are written. */
export type Flavour = 'json-1.0' | 'json-1.1' | 'cbor-1.1' | 'rpc-v2-cbor' | 'rpc-v2-json' | 'query' | 'rest-json' | 'rest-xml';

export type Destination =
  | {
      readonly kind: 'service';
      readonly entry: CatalogueEntry;
      readonly flavour: Flavour;
      /** The operation, where the request names one; REST services find it by method and path. */
      readonly operation?: string;
    }
  /** A service that the wire has never heard of. */
  | { readonly kind: 'stranger'; readonly service: string; readonly operation?: string; readonly flavour: Flavour }
  | { readonly kind: 'gateway'; readonly apiId: string; readonly stage?: string; readonly path: string }
  | { readonly kind: 'function-url'; readonly urlId: string }
  | { readonly kind: 'health' };

const byTarget = new Map(CATALOGUE.flatMap((entry) => (entry.target ? [[entry.target, entry] as const] : [])));
const bySigningName = new Map(CATALOGUE.flatMap((entry) => entry.signingNames.map((name) => [name, entry] as const)));
const byVersion = new Map(CATALOGUE.flatMap((entry) => (entry.query ? [[entry.query.version, entry] as const] : [])));
const s3 = bySigningName.get('s3');

const GATEWAY_PATH = /^\/_aws\/execute-api\/([^/]+)\/([^/]+)(\/.*)?$/;
const GATEWAY_HOST = /^([a-z0-9-]+)\.execute-api\./;
const FUNCTION_URL_HOST = /^([a-z0-9]+)\.lambda-url\./;
const RPC_V2_PATH = /\/service\/([^/]+)\/operation\/([^/]+)$/;

/** Where a request belongs. Each sign a client may give is looked at, the plainest first. */
export function route(request: ParsedRequest): Destination {
  const deployed = endpoint(request);
  if (deployed) return deployed;
  if (request.path === '/_millrace/health') return { kind: 'health' };
  return rpcV2(request) ?? target(request) ?? signed(request) ?? unsigned(request);
}

/** Whether the host or the path of a request says which deployed API or function's URL it is for. */
export function namesItsEndpoint(request: WireRequest): boolean {
  return endpoint(parseRequest(request)) !== undefined;
}

function endpoint({ host, path }: ParsedRequest): Destination | undefined {
  const apiId = GATEWAY_HOST.exec(host)?.[1];
  if (apiId !== undefined) return { kind: 'gateway', apiId, path };
  const urlId = FUNCTION_URL_HOST.exec(host)?.[1];
  if (urlId !== undefined) return { kind: 'function-url', urlId };
  const gateway = GATEWAY_PATH.exec(path);
  return gateway ? { kind: 'gateway', apiId: gateway[1] ?? '', stage: decode(gateway[2] ?? ''), path: gateway[3] ?? '/' } : undefined;
}

function rpcV2(request: ParsedRequest): Destination | undefined {
  const match = RPC_V2_PATH.exec(request.path);
  const protocol = request.headers['smithy-protocol'];
  if (!match || (protocol !== 'rpc-v2-cbor' && protocol !== 'rpc-v2-json')) return undefined;
  return named(match[1] ?? '', match[2] ?? '', protocol);
}

function target(request: ParsedRequest): Destination | undefined {
  const header = request.headers['x-amz-target'];
  if (header === undefined) return undefined;
  const at = header.lastIndexOf('.');
  const type = request.headers['content-type'] ?? '';
  const flavour = type.includes('x-amz-cbor-1.1') ? 'cbor-1.1' : type.includes('x-amz-json-1.0') ? 'json-1.0' : 'json-1.1';
  return named(header.slice(0, Math.max(at, 0)), header.slice(at + 1), flavour);
}

function named(name: string, operation: string, flavour: Flavour): Destination {
  const entry = byTarget.get(name);
  return entry ? { kind: 'service', entry, flavour, operation } : { kind: 'stranger', service: name, operation, flavour };
}

function signed(request: ParsedRequest): Destination | undefined {
  const service = scopeOf(request)?.service;
  if (service === undefined) return undefined;
  // DynamoDB Streams is signed as DynamoDB, but always names its target, which was looked at before.
  const entry = bySigningName.get(service);
  return entry ? bound(request, entry) : stranger(request, service);
}

function unsigned(request: ParsedRequest): Destination {
  const version = formOf(request)?.get('Version');
  const entry =
    (version ? byVersion.get(version) : undefined) ??
    byHost(request.host) ??
    CATALOGUE.find(({ paths }) => paths?.test(request.path)) ??
    (isQueuePath(request.path) ? bySigningName.get('sqs') : undefined) ??
    s3;
  return entry ? bound(request, entry) : stranger(request, 'unknown');
}

function bound(request: ParsedRequest, entry: CatalogueEntry): Destination {
  if (entry.protocol !== 'query') return { kind: 'service', entry, flavour: entry.protocol === 'json' ? 'json-1.1' : entry.protocol };
  const operation = formOf(request)?.get('Action');
  return { kind: 'service', entry, flavour: 'query', ...(operation ? { operation } : {}) };
}

function stranger(request: ParsedRequest, service: string): Destination {
  const operation = formOf(request)?.get('Action');
  return operation ? { kind: 'stranger', service, operation, flavour: 'query' } : { kind: 'stranger', service, flavour: 'rest-json' };
}

/** `sqs.us-east-1.amazonaws.com`, `sqs.localhost`; `bucket.s3.us-east-1.amazonaws.com`, `bucket.localhost`. */
function byHost(host: string): CatalogueEntry | undefined {
  const labels = host.split(':')[0]?.split('.') ?? [];
  for (const label of labels) {
    const entry = bySigningName.get(label) ?? (label.startsWith('s3-') ? s3 : undefined);
    if (entry) return entry;
  }
  return undefined;
}

function isQueuePath(path: string): boolean {
  return /^\/\d{12}\/[A-Za-z0-9_.-]+$/.test(path);
}

/** The parameters of the query protocol: a form body, or the query of a GET. */
export function formOf(request: ParsedRequest): URLSearchParams | undefined {
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(text(request.body));
    return form.has('Action') ? form : request.query;
  }
  return request.query.has('Action') ? request.query : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
