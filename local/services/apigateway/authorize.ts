import type { Authorizers } from './authorizers.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { header } from './request.ts';
import { ANONYMOUS, policyDecision, refusedByPolicy } from './resource-policy.ts';

/**
 * Lets a request pass or not: by the API's resource policy and by what its method asks of callers. Either side's deny is final; where a method
 * knows its callers, either side's allow is enough.
 *
 * @throws GatewayError when the caller is not known or not allowed
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
export async function authorize(authorizers: Authorizers, exchange: Exchange): Promise<void> {
  const { api, method } = exchange;
  switch (method?.authorizationType) {
    case 'AWS_IAM':
      if (!header(exchange.request.headers, 'authorization')?.startsWith('AWS4-HMAC-SHA256'))
        throw new GatewayError('MISSING_AUTHENTICATION_TOKEN');
      return;
    case 'COGNITO_USER_POOLS':
      throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', { detail: 'The local cloud has no Cognito user pools.' });
    default:
  }
  const byPolicy = policyDecision(exchange, ANONYMOUS);
  if (byPolicy === 'deny') throw refusedByPolicy(exchange, ANONYMOUS, byPolicy);
  if (method?.authorizationType === 'CUSTOM') await authorizers.check(exchange, byPolicy);
  else if (api.policy && byPolicy !== 'allow') throw refusedByPolicy(exchange, ANONYMOUS, byPolicy);
}
