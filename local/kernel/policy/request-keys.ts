import { ACCOUNT, type CallContext } from '../service.ts';
import type { ConditionKeys } from './conditions.ts';

/** Whether a caller is an AWS service acting for itself (`sns.amazonaws.com`), not a role or a user. */
export function isServicePrincipal(principal: string): boolean {
  return principal.endsWith('.amazonaws.com');
}

/**
 * The condition keys that AWS fills in for every request, from what the local cloud knows of the caller.
 * Calls never leave the machine, so that `aws:SecureTransport` is true, as it is for every SDK on AWS.
 */
export function requestKeys(context: CallContext): ConditionKeys {
  const service = isServicePrincipal(context.principal);
  return {
    'aws:SecureTransport': 'true',
    'aws:PrincipalIsAWSService': String(service),
    ...(service ? { 'aws:PrincipalServiceName': context.principal } : {}),
    ...(service ? {} : { 'aws:PrincipalArn': context.principal, 'aws:PrincipalAccount': accountOf(context.principal) }),
    ...(context.sourceArn === undefined
      ? {}
      : {
          'aws:SourceArn': context.sourceArn,
          'aws:SourceAccount': accountOf(context.sourceArn),
        }),
  };
}

/** The account of an ARN. Bucket ARNs carry none: they are the local account's. */
function accountOf(arn: string): string {
  return arn.split(':')[4] || ACCOUNT;
}
