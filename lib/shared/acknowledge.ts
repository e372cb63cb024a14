import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Records why rules of a policy check do not apply to a construct: in the CDK's own metadata, where cdk-nag looks, so that nothing of it is
 * needed here.
 *
 * @param rules reasons by rule: `{ 'AwsSolutions-S1': 'why not' }`
 */
export function acknowledge(scope: IConstruct, rules: Readonly<Record<string, string>>): void {
  Validations.of(scope).acknowledge(...Object.entries(rules).map(([id, reason]) => ({ id, reason })));
}

/**
 * Records why a policy inside `scope` names many resources at once. It speaks of this one pattern only: other wildcards are still reported.
 *
 * @param pattern as it stands in the policy: `${bucket.bucketArn}/*`
 */
export function acknowledgeWildcard(scope: IConstruct, pattern: string, reason: string): void {
  acknowledge(scope, { [`AwsSolutions-IAM5[Resource::${flat(Stack.of(scope).resolve(pattern))}]`]: reason });
}

/** How cdk-nag writes a resolved ARN: `<Bucket83908E77.Arn>/*`. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\$\{/g, '<').replace(/\}/g, '>');
  if (typeof value !== 'object' || value === null) return '';
  if ('Fn::Join' in value) {
    const [delimiter, parts] = value['Fn::Join'] as readonly [string, readonly unknown[]];
    return parts.map(flat).join(delimiter);
  }
  if ('Fn::GetAtt' in value) return `<${(value['Fn::GetAtt'] as readonly unknown[]).map(flat).join('.')}>`;
  if ('Ref' in value) return `<${flat(value.Ref)}>`;
  return JSON.stringify(value);
}
