import type { Kernel } from './kernel/index.ts';
import type { WireRequest, WireResponse } from './wire/index.ts';

/** A deployed API, as the front serves it. */
export interface ApiAddress {
  readonly apiId: string;
  readonly stages: readonly string[];
}

const PROBLEM = 'application/problem+json';

/**
 * Answers HTTP requests as the API's own domain does: the first segment of the path is the stage.
 *
 * @param kernel calls go through it
 * @param api asked for each request, so that what is deployed later is found too
 */
export function apiFront(kernel: Pick<Kernel, 'call'>, api: () => ApiAddress | undefined): (request: WireRequest) => Promise<WireResponse> {
  return async (request) => {
    const url = new URL(request.url, 'http://local');
    const [, stage = ''] = url.pathname.split('/');
    const target = api();
    if (!target?.stages.includes(stage)) {
      const known = target
        ? `This API has the stage${target.stages.length > 1 ? 's' : ''} ${target.stages.join(', ')}.`
        : 'No API is deployed.';
      return problem(404, 'Not Found', `Nothing is at ${url.pathname}. ${known}`);
    }
    const output = (await kernel.call({
      service: 'apigateway',
      operation: 'HandleRequest',
      input: {
        apiId: target.apiId,
        stage,
        method: request.method,
        path: url.pathname.slice(stage.length + 1) || '/',
        rawQuery: url.search.slice(1),
        headers: request.headers,
        body: request.body,
        sourceIp: '127.0.0.1',
      },
    })) as { statusCode: number; headers?: Record<string, string | string[]>; body?: Uint8Array | string };
    const body = typeof output.body === 'string' ? new TextEncoder().encode(output.body) : (output.body ?? new Uint8Array());
    return { status: output.statusCode, headers: output.headers ?? {}, body };
  };
}

function problem(status: number, title: string, detail: string): WireResponse {
  const body = new TextEncoder().encode(JSON.stringify({ type: 'about:blank', title, status, detail }));
  return { status, headers: { 'content-type': PROBLEM }, body };
}
