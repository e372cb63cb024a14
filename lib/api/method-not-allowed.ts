import { type IResource, MockIntegration, PassthroughBehavior } from 'aws-cdk-lib/aws-apigateway';
import { PROBLEM_JSON, problemOf } from '../../lambdas/runtime/api/problem.ts';

/**
 * Answers the methods that a path does not have with 405 and what it allows, in the gateway itself. Left alone, API Gateway would say "missing
 * authentication token".
 */
export function addMethodNotAllowed(resource: IResource, allowed: readonly string[]): void {
  const allow = [...allowed].sort().join(', ');
  const body = problemOf('method-not-allowed', `${allow} ${allowed.length === 1 ? 'is' : 'are'} allowed here.`);
  const status = String(body.status);
  resource.addMethod(
    'ANY',
    new MockIntegration({
      requestTemplates: { 'application/json': JSON.stringify({ statusCode: body.status }) },
      passthroughBehavior: PassthroughBehavior.NEVER,
      integrationResponses: [
        {
          statusCode: status,
          responseTemplates: { 'application/json': JSON.stringify(body) },
          responseParameters: {
            'method.response.header.Allow': `'${allow}'`,
            'method.response.header.Content-Type': `'${PROBLEM_JSON}'`,
          },
        },
      ],
    }),
    {
      methodResponses: [
        { statusCode: status, responseParameters: { 'method.response.header.Allow': true, 'method.response.header.Content-Type': true } },
      ],
    },
  );
}
