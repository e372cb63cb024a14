import type { Kernel } from '../kernel/index.ts';
import { collect } from './codecs/collect.ts';
import { isRecord } from './codecs/values.ts';
import type { ParsedRequest, WireResponse } from './message.ts';

/** Hands a request to a deployed API and its answer back. */
export async function handleGateway(
  kernel: Pick<Kernel, 'call'>,
  _request: ParsedRequest,
  api: { readonly apiId: string; readonly stage?: string; readonly path: string },
): Promise<WireResponse> {
  const output = await kernel.call({
    service: 'apigateway',
    operation: 'HandleRequest',
    input: {
      ApiId: api.apiId,
    },
  });
  return { status: 200, headers: {}, body: await collect(isRecord(output) ? output.body : undefined, 'body') };
}
