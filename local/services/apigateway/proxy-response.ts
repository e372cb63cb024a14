import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { isBinary } from './proxy-event.ts';
import { type GatewayResponse, header } from './request.ts';

const MEMBERS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);
/** Headers that the gateway sets itself; a function's own come under another name. */
const REMAPPED = new Set(['connection', 'content-length', 'date', 'host', 'server', 'www-authenticate']);

/**
 * The HTTP response in a function's answer.
 *
 * @throws GatewayError 502, when the answer has not the form of a proxy response
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyResponse(exchange: Exchange, payload: Uint8Array): GatewayResponse {
  const answer = readAnswer(payload);
  const status = answer.statusCode === undefined ? 200 : Number(answer.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) throw malformed(`statusCode is ${JSON.stringify(answer.statusCode)}`);
  const { body } = answer;
  if (body !== undefined && body !== null && typeof body !== 'string') throw malformed('body is not a string');
  const headers: Record<string, string | string[]> = {
    'content-type': 'application/json',
    'x-amzn-requestid': exchange.requestId,
    'x-amz-apigw-id': exchange.extendedRequestId,
    'x-amzn-trace-id': exchange.traceId,
    ...headersOf(answer),
  };
  return { statusCode: status, headers, body: bodyOf(exchange, body ?? '', answer.isBase64Encoded === true) };
}

type Answer = Readonly<Record<string, unknown>>;

function readAnswer(payload: Uint8Array): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.from(payload).toString());
  } catch {
    throw malformed('it is not JSON');
  }
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw malformed('it is not an object');
  const unknown = Object.keys(answer).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) throw malformed(`it has the member ${unknown}`);
  return answer as Answer;
}

function headersOf(answer: Answer): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries((answer.headers ?? {}) as object)) headers[nameOf(name)] = text(name, value);
  for (const [name, values] of Object.entries((answer.multiValueHeaders ?? {}) as object)) {
    if (!Array.isArray(values)) throw malformed(`the multi-value header ${name} is not a list`);
    const all = values.map((value: unknown) => text(name, value));
    const single = headers[nameOf(name)];
    headers[nameOf(name)] = typeof single === 'string' && !all.includes(single) ? [...all, single] : all;
  }
  return headers;
}

function nameOf(name: string): string {
  const lower = name.toLowerCase();
  return REMAPPED.has(lower) ? `x-amzn-remapped-${lower}` : lower;
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return String(value);
  throw malformed(`the header ${name} is not a string`);
}

/** Bytes are sent as such only where the API and the client both take them. */
function bodyOf({ api, request }: Exchange, body: string, isBase64Encoded: boolean): Uint8Array {
  if (!isBase64Encoded) return Buffer.from(body);
  const accepted = header(request.headers, 'accept')?.split(',')[0];
  const binary = isBinary(api.binaryMediaTypes, accepted) || api.binaryMediaTypes.includes('*/*');
  return binary ? Buffer.from(body, 'base64') : Buffer.from(body);
}

function malformed(what: string): GatewayError {
  return new GatewayError('DEFAULT_5XX', {
    detail: `Execution failed due to configuration error: Malformed Lambda proxy response: ${what}`,
  });
}
