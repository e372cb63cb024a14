import { AwsError, type CallContext } from '../../kernel/index.ts';
import { evaluate, isServicePrincipal, requestKeys } from '../../kernel/policy/index.ts';
import type { Queue } from './queue.ts';

const AWS_MANAGED_KEY = /(^|\/)alias\/aws\/|^aws\//;

/**
 * Holds a queue's own policy against a caller: a deny is final for everyone, and an AWS service that acts for itself needs an allow.
 * What roles may do is decided by their identity policies, elsewhere.
 *
 * @throws AwsError `AccessDenied`; `KmsAccessDenied` when a service would have to use the AWS-managed key, whose policy lets none in
 */
export function authorize(queue: Queue, action: string, context: CallContext): void {
  const service = isServicePrincipal(context.principal);
  if (!service && queue.settings.policy.length === 0) return;
  const decision = evaluate(queue.settings.policy, {
    principal: context.principal,
    action: `sqs:${action}`,
    resource: queue.arn,
    conditionKeys: requestKeys(context),
  });
  if (decision === 'deny' || (service && decision !== 'allow')) {
    const why =
      decision === 'deny'
        ? 'with an explicit deny in a resource-based policy'
        : `because no resource-based policy allows the sqs:${action.toLowerCase()} action`;
    const text = `User: ${context.principal} is not authorized to perform: sqs:${action.toLowerCase()} on resource: ${queue.arn} ${why}`;
    throw new AwsError('AccessDenied', text, { status: 403 });
  }
  if (service && AWS_MANAGED_KEY.test(queue.settings.kmsKey ?? '')) {
    throw new AwsError(
      'KmsAccessDenied',
      `The key policy of ${queue.settings.kmsKey} does not let ${context.principal} use the key, and the policy of an AWS managed key cannot be changed. Encrypt ${queue.name} with SSE-SQS or a customer managed key.`,
      { queryCode: 'KMS.AccessDeniedException' },
    );
  }
}
