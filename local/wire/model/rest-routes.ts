import type { Operation, ServiceModel } from './service-model.ts';
import type { Member } from './shape.ts';

/** Where a REST operation is bound: method, path, and what of query and headers it insists on. */
interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly path: RegExp;
  readonly labels: readonly string[];
  /** Literal parts of the query: `list-type=2`, `delete`. */
  readonly literals: ReadonlyMap<string, string>;
  readonly query: readonly string[];
  readonly headers: readonly string[];
  /** Characters of the path that are fixed: the more, the more it says. */
  readonly fixed: number;
}

export interface Target {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Which operations may match at all. @default every one */
  readonly among?: (operation: Operation) => boolean;
}

export interface RestMatch {
  readonly operation: Operation;
  readonly labels: Readonly<Record<string, string>>;
}

/** The literal that SDKs add to tell operations apart; other clients leave it out. */
const HINT = 'x-id';
const tables = new WeakMap<ServiceModel, ReadonlyMap<string, readonly Route[]>>();

/** The operation that a method, path, query and headers mean: of those that fit, the one that asks for most. */
export function matchRest(model: ServiceModel, target: Target): RestMatch | undefined {
  let best: { route: Route; labels: Record<string, string>; score: number } | undefined;
  for (const route of tableOf(model).get(target.method) ?? []) {
    if (target.among && !target.among(route.operation)) continue;
    const found = route.path.exec(target.path);
    const score = found ? scoreOf(route, target) : undefined;
    if (!found || score === undefined) continue;
    if (best && (best.route.fixed > route.fixed || (best.route.fixed === route.fixed && best.score >= score))) continue;
    best = { route, labels: labelsOf(route, found), score };
  }
  return best && { operation: best.route.operation, labels: best.labels };
}

function scoreOf(route: Route, { query, headers }: Target): number | undefined {
  let score = route.query.length + route.headers.length;
  for (const [name, value] of route.literals) {
    const given = query.get(name);
    if (given === null && name === HINT) continue;
    if (given === null || (value !== '' && given !== value)) return undefined;
    score += 1;
  }
  const complete = route.query.every((name) => query.has(name)) && route.headers.every((name) => headers[name] !== undefined);
  return complete ? score : undefined;
}

function labelsOf(route: Route, found: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(route.labels.map((name, index) => [name, decodeLabel(found[index + 1] ?? '')]));
}

function decodeLabel(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function tableOf(model: ServiceModel): ReadonlyMap<string, readonly Route[]> {
  const known = tables.get(model);
  if (known) return known;
  const table = new Map<string, Route[]>();
  for (const operation of model.operations.values()) {
    const route = routeOf(operation);
    if (!route) continue;
    const routes = table.get(route.method);
    if (routes) routes.push(route);
    else table.set(route.method, [route]);
  }
  tables.set(model, table);
  return table;
}

function routeOf(operation: Operation): Route | undefined {
  const http = operation.traits.http;
  if (!Array.isArray(http)) return undefined;
  const [method, uri] = http.map(String);
  const [path = '/', literal = ''] = (uri ?? '/').split('?');
  const labels: string[] = [];
  let fixed = 0;
  let pattern = '';
  for (const segment of path.split('/').slice(1)) {
    const label = /^\{(\w+)(\+?)\}$/.exec(segment);
    if (label) labels.push(label[1] ?? '');
    else fixed += segment.length;
    pattern += label ? (label[2] ? '/(.+)' : '/([^/]+)') : `/${segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
  }
  const greedy = path.endsWith('+}');
  const members = operation.input.kind === 'structure' ? [...operation.input.members.values()] : [];
  return {
    operation,
    method: method ?? 'POST',
    // A slash at the end belongs to a greedy label (an S3 key), and else means nothing.
    path: new RegExp(`^${pattern.replace(/\/$/, '')}${greedy ? '' : '/?'}$`, 's'),
    labels,
    literals: new Map(new URLSearchParams(literal)),
    query: requiredBindings(members, 'httpQuery'),
    headers: requiredBindings(members, 'httpHeader').map((name) => name.toLowerCase()),
    fixed,
  };
}

function requiredBindings(members: readonly Member[], trait: string): string[] {
  return members.flatMap((member) => {
    const name = member.traits[trait];
    return member.required && typeof name === 'string' ? [name] : [];
  });
}
