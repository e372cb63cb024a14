import {
  AuthorizationType,
  type IAuthorizer,
  LambdaIntegration,
  type MethodDeploymentOptions,
  type MethodOptions,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { liveOf } from '../function/index.ts';
import type { ApiRoute } from './api-props.ts';

/** Each takes 450 to 600 bytes of a function's policy, which may have 20 KB (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const MOST_PERMISSIONS = 30;

/**
 * Calls a function. It may be invoked for its own methods and paths, and no others; with too many of them for that, for all of the API.
 */
export function integrationOf(handler: IFunction, routes: readonly ApiRoute[]): LambdaIntegration {
  const few = routes.filter((route) => route.handler === handler).length <= MOST_PERMISSIONS;
  // A permission for all of the API covers the console's test, too.
  return new LambdaIntegration(liveOf(handler), { allowTestInvoke: !few, scopePermissionToMethod: few });
}

/** @param authorizer undefined: the API's `overrides` decide, and nobody is asked when they do not */
export function methodOptions({ apiKeyRequired, route }: ApiRoute, authorizer: IAuthorizer | 'none' | undefined): MethodOptions {
  return {
    ...authorization(authorizer),
    ...(apiKeyRequired === undefined ? {} : { apiKeyRequired }),
    ...(route.summary === undefined ? {} : { operationName: operationName(route.key) }),
  };
}

function authorization(authorizer: IAuthorizer | 'none' | undefined): MethodOptions {
  if (authorizer === undefined) return {};
  if (authorizer === 'none') return { authorizationType: AuthorizationType.NONE };
  const { authorizationType } = authorizer;
  return { authorizer, ...(authorizationType === undefined ? {} : { authorizationType }) };
}

/** `POST /bookings/{bookingId}` → `PostBookingsBookingId`. */
function operationName(key: string): string {
  return key
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + (word === word.toUpperCase() ? word.slice(1).toLowerCase() : word.slice(1)))
    .join('');
}

export function methodThrottles(routes: readonly ApiRoute[]): Record<string, MethodDeploymentOptions> {
  return Object.fromEntries(
    routes.flatMap(({ route, throttle }) =>
      throttle
        ? [[`${route.path}/${route.method}`, { throttlingRateLimit: throttle.rateLimit, throttlingBurstLimit: throttle.burstLimit }]]
        : [],
    ),
  );
}
