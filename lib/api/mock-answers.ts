import { AuthorizationType, type IResource, MockIntegration, PassthroughBehavior } from 'aws-cdk-lib/aws-apigateway';
import { PROBLEM_JSON, type Problem, problemOf } from '../../lambdas/runtime/api/problem.ts';

/** API Gateway picks the template by the request's media type, and has no wildcard: these are the ones that clients send. */
const MEDIA_TYPES = [
  'application/json',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'application/xml',
  'multipart/form-data',
  'text/plain',
  'text/xml',
];

/**
 * Answers the methods that a path does not have with 405 and what it allows, in the gateway itself. Left alone, API Gateway would say "missing
 * authentication token".
 */
export function addMethodNotAllowed(resource: IResource, allowed: readonly string[]): void {
  const allow = [...allowed].sort().join(', ');
  const body = problemOf('method-not-allowed', `${allow} ${allowed.length === 1 ? 'is' : 'are'} allowed here.`);
  addAnswer(resource, body, { Allow: allow });
}

/** Answers every path that has no route with 404. */
export function addNotFound(root: IResource): void {
  addAnswer(root.addResource('{proxy+}'), problemOf('not-found', 'There is nothing at this path.'), {});
}

function addAnswer(resource: IResource, body: Problem, more: Readonly<Record<string, string>>): void {
  const status = String(body.status);
  const headers = { ...more, 'Content-Type': PROBLEM_JSON, 'Cache-Control': 'no-store' };
  const names = Object.keys(headers).map((name) => `method.response.header.${name}`);
  const request = JSON.stringify({ statusCode: body.status });
  resource.addMethod(
    'ANY',
    new MockIntegration({
      requestTemplates: Object.fromEntries(MEDIA_TYPES.map((type) => [type, request])),
      passthroughBehavior: PassthroughBehavior.NEVER,
      integrationResponses: [
        {
          statusCode: status,
          responseTemplates: { 'application/json': JSON.stringify(body) },
          responseParameters: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, `'${value}'`]),
          ),
        },
      ],
    }),
    {
      // Whatever the API's other methods ask for.
      authorizationType: AuthorizationType.NONE,
      apiKeyRequired: false,
      methodResponses: [{ statusCode: status, responseParameters: Object.fromEntries(names.map((name) => [name, true])) }],
    },
  );
}
