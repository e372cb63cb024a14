import { ACCOUNT, AwsError, type CallContext } from '../../kernel/index.ts';
import { evaluate, isServicePrincipal, requestKeys, type Statement } from '../../kernel/policy/index.ts';
import type { Topic } from './topic.ts';

/** The policy of a topic that was given none: its account may do everything, and CloudWatch alarms of the account may publish. */
export function defaultPolicy(topicArn: string): object {
  return {
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: topicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT } },
      } satisfies Statement,
    ],
  };
}

/** Services that say on whose behalf they publish, and so get by with the default policy. */
const SAY_OWNER = ['cloudwatch.amazonaws.com', 'ses.amazonaws.com'];

/**
 * Holds a topic's policy against a caller: a deny is final for everyone, and an AWS service that acts for itself needs an allow.
 *
 * @throws AwsError `AuthorizationErrorException`; `KMSAccessDeniedException` when a service would have to use the AWS-managed key
 */
export function authorize(topic: Topic, action: string, context: CallContext): void {
  const service = isServicePrincipal(context.principal);
  const owner = !service || SAY_OWNER.includes(context.principal) ? { 'aws:SourceOwner': ACCOUNT } : {};
  const decision = evaluate(topic.policy, {
    principal: context.principal,
    action: `SNS:${action}`,
    resource: topic.arn,
    conditionKeys: { ...requestKeys(context), ...owner },
  });
  if (decision === 'deny' || (service && decision !== 'allow')) {
    const why =
      decision === 'deny'
        ? 'with an explicit deny in a resource-based policy'
        : `because no resource-based policy allows the SNS:${action} action`;
    const text = `User: ${context.principal} is not authorized to perform: SNS:${action} on resource: ${topic.arn} ${why}`;
    throw new AwsError('AuthorizationErrorException', text, { queryCode: 'AuthorizationError', status: 403 });
  }
  if (service && action === 'Publish' && topic.attributes.get('KmsMasterKeyId')?.endsWith('alias/aws/sns')) {
    throw new AwsError(
      'KMSAccessDeniedException',
      `The key policy of alias/aws/sns does not let ${context.principal} use the key, and the policy of an AWS managed key cannot be changed. Encrypt ${topic.name} with a customer managed key.`,
      { queryCode: 'KMSAccessDenied' },
    );
  }
}
