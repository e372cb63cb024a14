import { AwsError, type CallContext } from '../../kernel/index.ts';
import { evaluate, isServicePrincipal, requestKeys } from '../../kernel/policy/index.ts';
import type { Bucket } from './bucket.ts';

/**
 * Holds a bucket's policy against a caller: a deny is final for everyone, and an AWS service that acts for itself needs an allow.
 *
 * @throws AwsError `AccessDenied`
 */
export function authorize(bucket: Bucket, action: string, context: CallContext, key?: string): void {
  const service = isServicePrincipal(context.principal);
  if (!service && bucket.policy.length === 0) return;
  const resource = key === undefined ? bucket.arn : `${bucket.arn}/${key}`;
  const decision = evaluate(bucket.policy, {
    principal: context.principal,
    action: `s3:${action}`,
    resource,
    conditionKeys: requestKeys(context),
  });
  if (decision === 'allow' || (decision === 'implicit' && !service)) return;
  const why =
    decision === 'deny'
      ? 'with an explicit deny in a resource-based policy'
      : `because no resource-based policy allows the s3:${action} action`;
  throw new AwsError(
    'AccessDenied',
    `User: ${context.principal} is not authorized to perform: s3:${action} on resource: "${resource}" ${why}`,
    {
      status: 403,
    },
  );
}
