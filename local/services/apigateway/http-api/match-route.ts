import type { HttpApi, HttpRoute } from './model.ts';

export interface HttpMatch {
  readonly route: HttpRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Candidate extends HttpMatch {
  /** Parts in order of precedence: fixed, variable, greedy. */
  readonly rank: string;
}

/**
 * The most specific route for a request: fixed parts before variables, variables before `{proxy+}`, a method before `ANY`,
 * and `$default` last.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function matchHttpRoute(api: HttpApi, httpMethod: string, path: string): HttpMatch | undefined {
  const candidates: Candidate[] = [];
  let fallback: HttpRoute | undefined;
  for (const route of api.routes.values()) {
    if (route.key === '$default') fallback = route;
    const candidate = matched(route, httpMethod, path);
    if (candidate) candidates.push(candidate);
  }
  const best = candidates.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))[0];
  return best ?? (fallback && { route: fallback, pathParameters: {} });
}

function matched(route: HttpRoute, httpMethod: string, path: string): Candidate | undefined {
  const [method, pattern] = route.key.split(' ');
  if (pattern === undefined || (method !== 'ANY' && method !== httpMethod)) return undefined;
  const parts = path.split('/').slice(1);
  const wanted = pattern.split('/').slice(1);
  const pathParameters: Record<string, string> = {};
  let rank = '';
  for (const [index, part] of wanted.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
    if (greedy !== undefined) {
      if (parts.length <= index) return undefined;
      pathParameters[greedy] = parts.slice(index).map(decodeURIComponent).join('/');
      return { route, pathParameters, rank: `${rank}2${method === 'ANY' ? 1 : 0}` };
    }
    const actual = parts[index];
    if (actual === undefined) return undefined;
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== actual) return undefined;
    if (name !== undefined) {
      if (actual === '') return undefined;
      pathParameters[name] = decodeURIComponent(actual);
    }
    rank += name === undefined ? '0' : '1';
  }
  if (parts.length > wanted.length) return undefined;
  return { route, pathParameters, rank: `${rank}${method === 'ANY' ? 1 : 0}` };
}
