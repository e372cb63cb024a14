import type { Kernel } from '../kernel/index.ts';
import { collect } from './codecs/collect.ts';
import { isRecord, outputError } from './codecs/values.ts';
import type { ParsedRequest, WireResponse } from './message.ts';

/** Input of `apigateway:HandleRequest`: an HTTP request that a deployed API is to answer. */
export interface GatewayRequest {
  readonly apiId: string;
  /** Absent when the host names the API: then the stage, if any, is the first segment of the path. */
  readonly stage?: string;
  readonly method: string;
  /** Encoded, with a leading slash, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly rawQuery: string;
  /** Names in lower case; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The values of headers that came more than once. */
  readonly repeated: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  readonly sourceIp: string;
}

/** Output of `apigateway:HandleRequest`. */
export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** @default empty */
  readonly body?: Uint8Array | string;
}

/** Which API a request is for. */
export interface GatewayTarget {
  readonly apiId: string;
  readonly stage?: string;
  readonly path: string;
}

/** Hands a request to a deployed API, and its answer back. */
export async function handleGateway(
  kernel: Pick<Kernel, 'call'>,
  request: ParsedRequest,
  { apiId, stage, path }: GatewayTarget,
  principal: string,
): Promise<WireResponse> {
  const { method, rawQuery, headers, repeated, body, sourceIp } = request;
  const input: GatewayRequest = {
    apiId,
    method,
    path,
    rawQuery,
    headers,
    repeated,
    body,
    sourceIp,
    ...(stage === undefined ? {} : { stage }),
  };
  return responseOf(await kernel.call({ service: 'apigateway', operation: 'HandleRequest', input, principal }));
}

/** The answer to an HTTP request, from the output of the operation that answers them. */
export async function responseOf(output: object): Promise<WireResponse> {
  if (!isGatewayResponse(output)) throw outputError('statusCode', 'a number', isRecord(output) ? output.statusCode : output);
  return { status: output.statusCode, headers: lowerCase(output.headers ?? {}), body: await collect(output.body, 'body') };
}

function isGatewayResponse(output: object): output is GatewayResponse {
  return 'statusCode' in output && typeof output.statusCode === 'number';
}

function lowerCase(headers: NonNullable<GatewayResponse['headers']>): NonNullable<GatewayResponse['headers']> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
