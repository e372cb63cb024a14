import type { ApiDefinition, ApiResource, Method } from './model.ts';

export interface RouteMatch {
  readonly resource: ApiResource;
  readonly method: Method | undefined;
  /** Values of the path's parameters, decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds the resource of a path as API Gateway does: a fixed part wins over `{name}`, which wins over `{name+}`; and its
 * method, or `ANY`.
 */
export function matchRoute(definition: ApiDefinition, path: string, httpMethod: string): RouteMatch | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const children = new Map<string | undefined, ApiResource[]>();
  for (const resource of definition.resources.values()) {
    const siblings = children.get(resource.parentId);
    if (siblings) siblings.push(resource);
    else children.set(resource.parentId, [resource]);
  }
  const root = children.get(undefined)?.[0];
  const found = root && descend(root, parts, {}, children, httpMethod);
  if (!found) return undefined;
  return { ...found, method: methodOf(found.resource, httpMethod) };
}

type Found = Omit<RouteMatch, 'method'>;

function descend(
  resource: ApiResource,
  parts: readonly string[],
  parameters: Readonly<Record<string, string>>,
  children: ReadonlyMap<string | undefined, readonly ApiResource[]>,
  httpMethod: string,
): Found | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return methodOf(resource, httpMethod) ? { resource, pathParameters: parameters } : undefined;
  const below = children.get(resource.id) ?? [];
  const fixed = below.find((child) => child.pathPart === part || child.pathPart === decode(part));
  const variable = below.find((child) => /^\{[^+}]+\}$/.test(child.pathPart));
  const greedy = below.find((child) => /^\{[^}]+\+\}$/.test(child.pathPart));
  const byFixed = fixed && descend(fixed, rest, parameters, children, httpMethod);
  if (byFixed) return byFixed;
  const named = variable && { ...parameters, [variable.pathPart.slice(1, -1)]: decode(part) };
  const byVariable = variable && named && descend(variable, rest, named, children, httpMethod);
  if (byVariable) return byVariable;
  if (!greedy || !methodOf(greedy, httpMethod)) return undefined;
  return { resource: greedy, pathParameters: { ...parameters, [greedy.pathPart.slice(1, -2)]: parts.map(decode).join('/') } };
}

function methodOf(resource: ApiResource, httpMethod: string): Method | undefined {
  return resource.methods.get(httpMethod) ?? resource.methods.get('ANY');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
