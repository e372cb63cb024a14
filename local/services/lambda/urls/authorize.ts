import { header, type ParsedRequest, type Signer, signatureOf } from '../../../http/index.ts';
import { type CallContext, identityOf, type Kernel } from '../../../kernel/index.ts';
import { evaluate } from '../../../kernel/policy/index.ts';
import type { FunctionUrl, ResolvedFunction } from '../functions.ts';
import { policyStatements } from '../operations/permissions.ts';

export type Verdict = { readonly allowed: true; readonly signer: Signer | undefined } | { readonly allowed: false };

/** What a caller of a URL must be allowed. */
const ACTIONS = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];

/**
 * Whether a request to a function's URL may pass: with the type `NONE` the function's policy must let everybody in; with `AWS_IAM` the
 * signer's policies or the function's must.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export function authorizeUrl(
  kernel: Pick<Kernel, 'refusalOf'>,
  { record, qualifier, arn: resource }: ResolvedFunction,
  { authType }: FunctionUrl,
  request: ParsedRequest,
  { principal }: Pick<CallContext, 'principal'>,
): Verdict {
  if (authType === 'NONE') {
    const statements = policyStatements(record.policies, qualifier, resource);
    const conditionKeys = { 'lambda:FunctionUrlAuthType': authType, 'lambda:InvokedViaFunctionUrl': 'true', 'aws:SecureTransport': 'true' };
    const open = ACTIONS.every((action) => evaluate(statements, { principal: 'anonymous', action, resource, conditionKeys }) === 'allow');
    return open ? { allowed: true, signer: undefined } : { allowed: false };
  }
  const credential = request.query.get('X-Amz-Credential')?.at(-1);
  const signature = signatureOf('lambda', header(request.headers, 'authorization'), credential);
  if (signature.kind !== 'signed') return { allowed: false };
  const input = { FunctionUrlAuthType: authType, InvokedViaFunctionUrl: true };
  const refused = ACTIONS.some((action) =>
    kernel.refusalOf({ service: 'lambda', principal, action, resource, request: { operation: 'HandleUrlRequest', input } }),
  );
  return refused ? { allowed: false } : { allowed: true, signer: { ...identityOf(principal), accessKeyId: signature.accessKeyId } };
}
