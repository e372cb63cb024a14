import type { WireRequest, WireResponse } from './wire/index.ts';

/** A request as `fetch` is given it, for those who answer without a socket. */
export async function requestOf(path: string, init: RequestInit): Promise<WireRequest> {
  const request = new Request(new URL(path, 'http://localhost'), init);
  const url = new URL(request.url);
  return {
    method: request.method,
    url: url.pathname + url.search,
    headers: { host: url.host, ...Object.fromEntries(request.headers) },
    repeated: repeatedIn(init.headers),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

/** `Headers` join what repeats; only a list of pairs still knows it apart. */
function repeatedIn(headers: RequestInit['headers']): Record<string, string[]> {
  if (!Array.isArray(headers)) return {};
  const values: Record<string, string[]> = {};
  for (const [name = '', value = ''] of headers) {
    const key = name.toLowerCase();
    values[key] = [...(values[key] ?? []), value];
  }
  return Object.fromEntries(Object.entries(values).filter(([, all]) => all.length > 1));
}

/** An answer as `fetch` gives it. */
export function responseOf({ status, headers, body }: WireResponse): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((item): [string, string] => [name, item as string]));
  return new Response(status === 204 || status === 304 ? null : (body as Uint8Array<ArrayBuffer>), { status, headers: pairs });
}
