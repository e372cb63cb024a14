import { signatureOf } from '../../http/index.ts';
import { identityOf } from '../../kernel/index.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayState } from './handle-request.ts';
import { header } from './request.ts';
import { ANONYMOUS, policyDecision, refusedByPolicy, requestArn } from './resource-policy.ts';

/**
 * Lets a request pass or not: by the API's resource policy and by what its method asks of callers. Either side's deny is final; where a method
 * knows its callers, either side's allow is enough.
 *
 * @throws GatewayError when the caller is not known or not allowed
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
export async function authorize(state: Pick<GatewayState, 'kernel' | 'authorizers'>, exchange: Exchange): Promise<void> {
  const { api, method } = exchange;
  if (method?.authorizationType === 'COGNITO_USER_POOLS')
    throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', { detail: 'The local cloud has no Cognito user pools.' });
  if (method?.authorizationType === 'AWS_IAM') return authorizeSigner(state, exchange);
  const byPolicy = policyDecision(exchange, ANONYMOUS);
  if (byPolicy === 'deny') throw refusedByPolicy(exchange, ANONYMOUS, byPolicy);
  if (method?.authorizationType === 'CUSTOM') await state.authorizers.check(exchange, byPolicy);
  else if (api.policy && byPolicy !== 'allow') throw refusedByPolicy(exchange, ANONYMOUS, byPolicy);
}

/** `AWS_IAM`: the request is signed, and the signer's policies or the API's let it pass. */
function authorizeSigner({ kernel }: Pick<GatewayState, 'kernel'>, exchange: Exchange): void {
  const { request, principal } = exchange;
  const credential = request.query.get('X-Amz-Credential')?.at(-1);
  const signature = signatureOf('execute-api', header(request.headers, 'authorization'), credential);
  if (signature.kind === 'none') throw new GatewayError('MISSING_AUTHENTICATION_TOKEN');
  if (signature.kind === 'invalid') throw new GatewayError('INVALID_SIGNATURE', { message: signature.problem });
  const identity = identityOf(principal);
  exchange.signer = { ...identity, accessKeyId: signature.accessKeyId };
  const byResource = policyDecision(exchange, principal);
  if (byResource === 'deny') throw refusedByPolicy(exchange, identity.arn, byResource);
  const refusal = kernel.refusalOf({
    service: 'apigateway',
    principal,
    action: 'execute-api:Invoke',
    resource: requestArn(exchange),
    byResource,
  });
  if (refusal) throw new GatewayError('ACCESS_DENIED', { message: refusal.message, cause: refusal });
}
