import type { Kernel } from '../kernel/index.ts';
import { responseOf } from './execute-api.ts';
import type { ParsedRequest, WireResponse } from './message.ts';

/** Hands a request to the function that the URL is of, and its answer back. */
export async function handleFunctionUrl(
  kernel: Pick<Kernel, 'call'>,
  request: ParsedRequest,
  urlId: string,
  principal: string,
): Promise<WireResponse> {
  const { method, path, rawQuery, headers, repeated, body, sourceIp } = request;
  const input = { urlId, method, path, rawQuery, headers, repeated, body, sourceIp };
  return responseOf(await kernel.call({ service: 'lambda', operation: 'HandleUrlRequest', input, principal }));
}
