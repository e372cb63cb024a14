import { signatureOf } from '../../../http/index.ts';
import { arn, identityOf } from '../../../kernel/index.ts';
import type { GatewayState } from '../handle-request.ts';
import { header } from '../request.ts';
import { HttpApiError, type HttpExchange } from './exchange.ts';

/** `AWS_IAM`: the request is signed, and the signer's policies let it pass. @throws HttpApiError 403 */
export function authorizeSigner({ kernel }: Pick<GatewayState, 'kernel'>, exchange: HttpExchange): void {
  const { api, stage, request, principal } = exchange;
  const credential = request.query.get('X-Amz-Credential')?.at(-1);
  const signature = signatureOf('execute-api', header(request.headers, 'authorization'), credential);
  if (signature.kind !== 'signed') {
    throw new HttpApiError(403, 'Forbidden', signature.kind === 'none' ? 'The request is not signed.' : signature.problem);
  }
  const resource = arn('execute-api', `${api.id}/${stage.name}/${request.method}${request.path}`);
  const refusal = kernel.refusalOf({ service: 'apigateway', principal, action: 'execute-api:Invoke', resource });
  if (refusal) throw new HttpApiError(403, 'Forbidden', refusal.message, refusal);
  exchange.signer = { ...identityOf(principal), accessKeyId: signature.accessKeyId };
}
