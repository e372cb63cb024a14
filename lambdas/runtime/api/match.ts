import type { RouteContract } from '../../contracts/index.ts';
import type { HttpRequest } from './http-event.ts';

/** Which route a request is for; `other-method` when its path has routes, but not with its method. */
export type Match<Route> =
  | { readonly kind: 'route'; readonly route: Route; readonly parameters: Readonly<Record<string, string | undefined>> }
  | { readonly kind: 'other-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

interface Matchable {
  readonly contract: RouteContract;
}

/**
 * Finds the route: by the gateway's own pattern when it has matched one, else by the path itself (for functions behind `{proxy+}`). A HEAD is
 * answered by the GET route. Literal segments win over parameters.
 */
export function matchRoute<Route extends Matchable>(routes: readonly Route[], request: HttpRequest): Match<Route> {
  const candidates = candidatesOf(routes, request);
  if (candidates.length === 0) return { kind: 'none' };
  const method = request.method.toUpperCase();
  const found =
    candidates.find(({ route }) => route.contract.method === method) ??
    (method === 'HEAD' ? candidates.find(({ route }) => route.contract.method === 'GET') : undefined);
  if (found) return { kind: 'route', ...found };
  const allowed = new Set(candidates.map(({ route }) => route.contract.method as string));
  if (allowed.has('GET')) allowed.add('HEAD');
  return { kind: 'other-method', allowed: [...allowed].sort() };
}

interface Candidate<Route> {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

function candidatesOf<Route extends Matchable>(routes: readonly Route[], request: HttpRequest): Candidate<Route>[] {
  const byPattern = routes.filter(({ contract }) => contract.path === request.resource);
  if (byPattern.length > 0) return byPattern.map((route) => ({ route, parameters: request.parameters }));
  const matches = routes.flatMap((route) => {
    const parameters = matchPath(route.contract.path, request.path);
    return parameters ? [{ route, parameters, weight: weightOf(route.contract.path) }] : [];
  });
  const best = Math.max(...matches.map(({ weight }) => weight));
  return matches.filter(({ weight }) => weight === best);
}

/** The path's parameters, decoded; undefined when it does not match. */
export function matchPath(pattern: string, path: string): Record<string, string | undefined> | undefined {
  const expected = split(pattern);
  const actual = split(path);
  const parameters: Record<string, string | undefined> = {};
  for (const [index, segment] of expected.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(segment)?.[1];
    if (greedy !== undefined) {
      if (index >= actual.length) return undefined;
      parameters[greedy] = decode(actual.slice(index).join('/'));
      return parameters;
    }
    const found = actual[index];
    if (found === undefined) return undefined;
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name !== undefined) parameters[name] = decode(found);
    else if (segment !== found) return undefined;
  }
  return actual.length === expected.length ? parameters : undefined;
}

/** Literal segments weigh most, then parameters, then a greedy one. */
function weightOf(pattern: string): number {
  return split(pattern).reduce((weight, segment) => weight * 3 + (segment.endsWith('+}') ? 0 : segment.startsWith('{') ? 1 : 2), 1);
}

function split(path: string): string[] {
  return path.replace(/^\/|\/$/g, '') === '' ? [] : path.replace(/^\/|\/$/g, '').split('/');
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
