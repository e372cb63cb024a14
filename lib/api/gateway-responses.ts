import { type GatewayResponseOptions, ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { PROBLEM_JSON, type ProblemKind, problemOf } from '../../lambdas/runtime/api/problem.ts';

/**
 * What API Gateway says by itself, without a function, in the same form as the handlers. It answers an unknown path with "missing
 * authentication token" (403): there, 404 is the truth.
 */
const ANSWERS: readonly (readonly [ResponseType, ProblemKind, string])[] = [
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, 'not-found', 'There is nothing at this path.'],
  [ResponseType.RESOURCE_NOT_FOUND, 'not-found', 'There is nothing at this path.'],
  [ResponseType.BAD_REQUEST_BODY, 'invalid-request', 'The body does not match the schema of this route.'],
  [ResponseType.BAD_REQUEST_PARAMETERS, 'invalid-request', 'A header or parameter that this route needs is missing or wrong.'],
  [ResponseType.UNAUTHORIZED, 'unauthorized', 'Credentials are missing or not valid.'],
  [ResponseType.ACCESS_DENIED, 'forbidden', 'These credentials do not allow this.'],
  [ResponseType.EXPIRED_TOKEN, 'forbidden', 'The credentials have expired.'],
  [ResponseType.INVALID_API_KEY, 'forbidden', 'The API key is missing or not valid.'],
  [ResponseType.INVALID_SIGNATURE, 'forbidden', 'The signature is not valid.'],
  [ResponseType.WAF_FILTERED, 'forbidden', 'The request was refused.'],
  [ResponseType.REQUEST_TOO_LARGE, 'body-too-large', 'The request is larger than the API takes.'],
  [ResponseType.UNSUPPORTED_MEDIA_TYPE, 'unsupported-media-type', 'The API does not take this media type here.'],
  [ResponseType.THROTTLED, 'too-many-requests', 'Try again in a moment.'],
  [ResponseType.QUOTA_EXCEEDED, 'too-many-requests', 'The quota of this API key is used up.'],
  [ResponseType.API_CONFIGURATION_ERROR, 'internal-error', 'The API is not set up correctly.'],
  [ResponseType.AUTHORIZER_CONFIGURATION_ERROR, 'internal-error', 'The API is not set up correctly.'],
  [ResponseType.AUTHORIZER_FAILURE, 'internal-error', 'The credentials could not be checked.'],
  [ResponseType.INTEGRATION_FAILURE, 'bad-gateway', 'The service gave no valid answer.'],
  [ResponseType.INTEGRATION_TIMEOUT, 'timeout', 'The service did not answer in time. What it was asked may have happened all the same.'],
];

/** Makes every answer of the gateway's own a problem, with the request's id. */
export function addGatewayResponses(api: RestApi, origins: readonly string[]): void {
  const headers = {
    'Content-Type': `'${PROBLEM_JSON}'`,
    'Cache-Control': "'no-store'",
    'X-Request-Id': 'context.requestId',
    // Which origin asked is not known here; a list of origins gets no answer that its page can read.
    ...(origins.length === 1 ? { 'Access-Control-Allow-Origin': `'${origins[0]}'` } : {}),
  };
  for (const [type, kind, detail] of ANSWERS) {
    const body = problemOf(kind, detail);
    const retry = kind === 'too-many-requests' ? { 'Retry-After': "'1'" } : {};
    api.addGatewayResponse(idOf(type.responseType), options(type, String(body.status), { ...headers, ...retry }, body));
  }
  // What is left keeps its own status, and is told apart by it.
  const rest = { type: 'about:blank', title: 'The request failed' };
  for (const type of [ResponseType.DEFAULT_4XX, ResponseType.DEFAULT_5XX]) {
    api.addGatewayResponse(idOf(type.responseType), options(type, undefined, headers, rest));
  }
}

function options(
  type: ResponseType,
  statusCode: string | undefined,
  responseHeaders: Record<string, string>,
  body: object,
): GatewayResponseOptions {
  return {
    type,
    responseHeaders,
    templates: { 'application/json': JSON.stringify(body) },
    ...(statusCode === undefined ? {} : { statusCode }),
  };
}

/** `MISSING_AUTHENTICATION_TOKEN` → `MissingAuthenticationToken`. */
function idOf(type: string): string {
  return type
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
