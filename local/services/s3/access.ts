import { AwsError, type CallContext, type Kernel } from '../../kernel/index.ts';
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

/**
 * Holds policies against a permission that a request turns out to need: the bucket's, and the caller's own.
 *
 * @throws AwsError `AccessDenied`
 */
export function authorizeAlso(bucket: Bucket, action: string, context: CallContext, kernel: Kernel, key?: string): void {
  authorize(bucket, action, context, key);
  const resource = key === undefined ? bucket.arn : `${bucket.arn}/${key}`;
  const refusal = kernel.refusalOf({ service: 's3', principal: context.principal, action: `s3:${action}`, resource });
  if (refusal) throw refusal;
}

/** The action on an object, or on the version of it that is named: `GetObjectTagging`, `GetObjectVersionTagging`. */
export function objectAction(
  action: 'GetObject' | 'PutObject' | 'DeleteObject',
  of: '' | 'Tagging',
  versionId: string | undefined,
): string {
  return `${action}${versionId === undefined ? '' : 'Version'}${of}`;
}
