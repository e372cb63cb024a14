import { Duration } from 'aws-cdk-lib';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { RouteContract } from '../../lambdas/contracts/index.ts';
import type { ApiRoute } from './api-props.ts';

/** API Gateway gives up on a function after this. */
const INTEGRATION_TIMEOUT = Duration.seconds(29);

/** @throws Error for routes that API Gateway refuses at deployment, or whose clients would see a failure of what goes on */
export function checkRoutes(api: Construct, routes: readonly ApiRoute[]): void {
  const seen = new Set<string>();
  if (routes.length === 0) throw new Error(`${api.node.path}: an API needs at least one route. Give it routes: [{ route, handler }].`);
  for (const { route, handler } of routes) {
    if (seen.has(route.key)) throw new Error(`${api.node.path}: the route ${route.key} is there twice. Take one of the two out of routes.`);
    seen.add(route.key);
    checkTimeout(api, route.key, handler);
  }
  checkParameters(api, routes);
}

/** Under one path API Gateway takes one parameter, by one name. */
function checkParameters(api: Construct, routes: readonly ApiRoute[]): void {
  const known = new Map<string, { readonly segment: string; readonly route: RouteContract }>();
  for (const { route } of routes) {
    const segments = route.path.split('/');
    for (const [index, segment] of segments.entries()) {
      if (!segment.startsWith('{')) continue;
      const parent = segments.slice(0, index).join('/');
      const other = known.get(parent) ?? { segment, route };
      known.set(parent, other);
      if (other.segment === segment) continue;
      throw new Error(
        `${api.node.path}: ${other.route.key} and ${route.key} name the same part of the path ${other.segment} and ${segment}; API Gateway takes one ` +
          'name only. Use one in both.',
      );
    }
  }
}

function checkTimeout(api: Construct, key: string, handler: IFunction): void {
  const timeout = handler instanceof LambdaFunction ? handler.timeout : undefined;
  if (timeout === undefined || timeout.isUnresolved() || timeout.toSeconds() <= INTEGRATION_TIMEOUT.toSeconds()) return;
  throw new Error(
    `${api.node.path}: ${handler.node.path} may run for ${timeout.toSeconds()} s, but API Gateway stops waiting for ${key} after ${INTEGRATION_TIMEOUT.toSeconds()} s: ` +
      'the client would see a failure of what goes on. Give it a shorter timeout, or answer 202 and do the work behind a queue.',
  );
}
