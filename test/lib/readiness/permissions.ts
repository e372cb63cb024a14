import { at, list, statements, type Template } from './template.ts';

/** A property of templates: what it says, and what in a template is against it. */
export interface Property {
  readonly says: string;
  /** The id of a resource that is against it, in the stack that is wrong in every way. */
  readonly caught: string;
  violations(template: Template): string[];
}

/** Actions for which AWS has no resource to name. https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const ON_EVERYTHING: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'X-Ray has no resources',
  'xray:PutTelemetryRecords': 'X-Ray has no resources',
  'xray:GetSamplingRules': 'X-Ray has no resources',
  'xray:GetSamplingTargets': 'X-Ray has no resources',
  'dynamodb:ListStreams': 'lists; Lambda needs it of a stream source',
  'logs:CreateLogDelivery': 'log deliveries have no ARN',
  'logs:GetLogDelivery': 'log deliveries have no ARN',
  'logs:UpdateLogDelivery': 'log deliveries have no ARN',
  'logs:DeleteLogDelivery': 'log deliveries have no ARN',
  'logs:ListLogDeliveries': 'lists',
  'logs:PutResourcePolicy': 'log resource policies have no ARN',
  'logs:DescribeResourcePolicies': 'lists',
  'logs:DescribeLogGroups': 'lists',
  'cloudwatch:DescribeAlarms': 'CodeDeploy asks for several alarms at once',
  'ec2:CreateNetworkInterface': 'Lambda checks it on * only',
  'ec2:DeleteNetworkInterface': 'Lambda checks it on * only',
  'ec2:AssignPrivateIpAddresses': 'Lambda checks it on * only',
  'ec2:UnassignPrivateIpAddresses': 'Lambda checks it on * only',
  'ec2:DescribeNetworkInterfaces': 'lists',
  'ec2:DescribeSubnets': 'lists',
};

/** Resources of which a part is named by a pattern, because nobody can know it. */
const PATTERNS: readonly { readonly actions: readonly string[]; readonly pattern: RegExp }[] = [
  // Lambda names what it sets aside after the event source mapping, the shard and the time.
  { actions: ['s3:PutObject'], pattern: /\/aws\/lambda\/\*$/ },
];

/** Families of KMS actions that the CDK's grants name by their beginning; two actions each. */
const KMS_FAMILIES = ['kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:Encrypt*', 'kms:Decrypt*', 'kms:Describe*'];

export const PERMISSIONS: readonly Property[] = [
  {
    says: 'no role may do anything that is not named',
    caught: 'Greedy',
    violations: (template) =>
      allowed(template, 'identity').flatMap(({ where, actions }) =>
        actions.filter((action) => action.includes('*') && !KMS_FAMILIES.includes(action)).map((action) => `${where}: ${action}`),
      ),
  },
  {
    says: 'no role may do something to everything, unless AWS has no resource to name for it',
    caught: 'Greedy',
    violations: (template) =>
      allowed(template, 'identity').flatMap(({ where, actions, resources }) =>
        resources
          .map(textOf)
          .filter((resource) => resource.includes('*'))
          .flatMap((resource) =>
            actions
              .filter((action) => !(resource === '*' && ON_EVERYTHING[action]))
              .filter((action) => !PATTERNS.some(({ actions: some, pattern }) => some.includes(action) && pattern.test(resource)))
              .map((action) => `${where}: ${action} on ${resource}`),
          ),
      ),
  },
  {
    says: 'roles have no managed policies, which allow more than they need',
    caught: 'Managed',
    violations: (template) =>
      Object.entries(template.Resources).flatMap(([id, { Properties }]) =>
        list(at(Properties, 'ManagedPolicyArns')).map((arn) => `${id}: ${textOf(arn)}`),
      ),
  },
  {
    says: 'nobody outside the account may use what is here',
    caught: 'Key',
    violations: (template) =>
      allowed(template, 'resource').flatMap(({ where, principals, condition }) =>
        principals
          .map(textOf)
          .filter((principal) => principal === '*' && condition === undefined)
          .map(() => `${where}: anybody`),
      ),
  },
  {
    says: 'a service may use a queue, topic or key on behalf of this account or one resource only',
    caught: 'Open',
    violations: (template) =>
      allowed(template, 'resource').flatMap(({ where, principals, actions, condition }) =>
        principals
          .map(textOf)
          .filter((principal) => /\.amazonaws\.com$/.test(principal))
          .filter(() => !actions.every((action) => action === 'kms:DescribeKey') && !narrows(condition))
          .map((principal) => `${where}: ${principal} ${actions.join(', ')}`),
      ),
  },
];

/** Whether a condition keeps out services that act for somebody else (the confused deputy). */
function narrows(condition: unknown): boolean {
  const text = JSON.stringify(condition ?? {});
  return ['aws:SourceArn', 'aws:SourceAccount', 'kms:EncryptionContext:'].some((key) => text.includes(key));
}

function allowed(template: Template, kind: 'identity' | 'resource') {
  return statements(template).filter((statement) => statement.kind === kind && statement.effect === 'Allow');
}

/** A value with references as `<Id.Attribute>`, and parts of them as `<Id.Attribute>[2]`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = at(value, 'Fn::Join', 1);
  if (Array.isArray(join)) return join.map(textOf).join(String(at(value, 'Fn::Join', 0)));
  const split = at(value, 'Fn::Select', 1, 'Fn::Split', 1);
  if (split !== undefined) return `${textOf(split)}[${at(value, 'Fn::Select', 0)}]`;
  const ref = at(value, 'Ref');
  if (typeof ref === 'string') return `<${ref}>`;
  const attribute = at(value, 'Fn::GetAtt');
  return Array.isArray(attribute) ? `<${attribute.join('.')}>` : JSON.stringify(value);
}
