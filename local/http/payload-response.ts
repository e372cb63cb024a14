import type { OutgoingResponse } from './request.ts';

export type PayloadResponse =
  | { readonly ok: true; readonly response: OutgoingResponse }
  /** The answer can't be read. */
  | { readonly ok: false; readonly problem: string };

/** The HTTP response in a function's answer: as it says, or, where it has no `statusCode`, the answer itself as JSON. */
export function payloadResponse(payload: Uint8Array): PayloadResponse {
  const text = Buffer.from(payload).toString();
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return malformed('it is not JSON');
  }
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) {
    const body = typeof answer === 'string' ? answer : text;
    return { ok: true, response: { statusCode: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) } };
  }
  const given = answer as Readonly<Record<string, unknown>>;
  const status = Number(given.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return malformed(`statusCode is ${JSON.stringify(given.statusCode)}`);
  const { body = '' } = given;
  if (body !== null && typeof body !== 'string') return malformed('body is not a string');
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries((given.headers ?? {}) as object)) headers[name.toLowerCase()] = String(value);
  for (const [name, values] of Object.entries((given.multiValueHeaders ?? {}) as object))
    headers[name.toLowerCase()] = [values].flat().map(String);
  if (Array.isArray(given.cookies)) headers['set-cookie'] = given.cookies.map(String);
  if (!('content-type' in headers) && body) headers['content-type'] = 'text/plain; charset=utf-8';
  const bytes = Buffer.from(body ?? '', given.isBase64Encoded === true ? 'base64' : 'utf8');
  return { ok: true, response: { statusCode: status, headers, body: bytes } };
}

function malformed(what: string): PayloadResponse {
  return { ok: false, problem: `The function's answer is no response: ${what}` };
}
