import { REGION } from './kernel/index.ts';
import { namesItsEndpoint, type Wire, type WireRequest, type WireResponse } from './wire/index.ts';

/** A deployed API, as the front serves it. */
export interface ApiAddress {
  readonly apiId: string;
  /** Construct path, for messages. */
  readonly path: string;
  /** Names of its stages; `$default` is the one that has no name in paths. */
  readonly stages: readonly string[];
}

const PROBLEM = 'application/problem+json';

/**
 * Answers HTTP requests as the domains of APIs do. The host names the API: `{apiId}.execute-api.…`; without such a host, the request is for
 * the API that has the stage which the path begins with.
 *
 * @param wire answers for each API
 * @param apis asked for each request, so that what is deployed later is found too
 */
export function apiFront(wire: Pick<Wire, 'handle'>, apis: () => readonly ApiAddress[]): (request: WireRequest) => Promise<WireResponse> {
  return async (request) => {
    if (namesItsEndpoint(request)) return wire.handle(request);
    const { pathname } = new URL(request.url, 'http://local');
    const stage = pathname.split('/')[1] ?? '';
    const deployed = apis();
    const [target, ...others] = deployed.filter(({ stages }) => stages.includes(stage) || stages.includes('$default'));
    if (!target) return problem(404, 'Not Found', `Nothing is at ${pathname}. ${known(deployed)}`);
    if (others.length > 0) {
      const hosts = [target, ...others].map(({ apiId, path }) => `${domainOf(apiId)} (${path})`).join(', ');
      return problem(421, 'Misdirected Request', `Several APIs may be meant by ${pathname}. Name one by its host: ${hosts}.`);
    }
    return wire.handle({ ...request, headers: { ...request.headers, host: domainOf(target.apiId) } });
  };
}

function domainOf(apiId: string): string {
  return `${apiId}.execute-api.${REGION}.amazonaws.com`;
}

function known(apis: readonly ApiAddress[]): string {
  if (apis.length === 0) return 'No API is deployed.';
  const [api] = apis;
  if (apis.length === 1 && api) return `This API has the stage${api.stages.length > 1 ? 's' : ''} ${api.stages.join(', ')}.`;
  return `APIs and their stages: ${apis.map(({ path, stages }) => `${path} (${stages.join(', ')})`).join('; ')}.`;
}

function problem(status: number, title: string, detail: string): WireResponse {
  const body = new TextEncoder().encode(JSON.stringify({ type: 'about:blank', title, status, detail }));
  return { status, headers: { 'content-type': PROBLEM }, body };
}
