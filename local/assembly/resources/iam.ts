import { refuseUnknown } from '../properties.ts';
import { type ResourceCloud, type ResourceRequest, type ResourceTypes, resourceType } from '../resource.ts';

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

interface RoleProperties {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly AssumeRolePolicyDocument: unknown;
  readonly ManagedPolicyArns?: readonly string[];
  readonly Policies?: readonly InlinePolicy[];
}

const ROLE = [
  'RoleName',
  'Path',
  'AssumeRolePolicyDocument',
  'ManagedPolicyArns',
  'Policies',
  'Description',
  'MaxSessionDuration',
  'PermissionsBoundary',
  'Tags',
];

const role = resourceType<RoleProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ROLE, request, cloud);
  const RoleName = properties.RoleName ?? request.physicalName(64);
  const created = cloud.invoke<{ Role: { Arn: string; RoleId: string } }>('iam', 'CreateRole', {
    RoleName,
    AssumeRolePolicyDocument: properties.AssumeRolePolicyDocument,
    ...(properties.Path === undefined ? {} : { Path: properties.Path }),
  });
  for (const policy of properties.Policies ?? []) cloud.invoke('iam', 'PutRolePolicy', { RoleName, ...policy });
  attach(RoleName, properties.ManagedPolicyArns ?? [], cloud);
  return { ref: RoleName, attributes: { Arn: created.Role.Arn, RoleId: created.Role.RoleId } };
});

function attach(RoleName: string, policies: readonly string[], cloud: ResourceCloud): void {
  for (const PolicyArn of policies) cloud.invoke('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
}

interface PolicyProperties {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
  readonly Roles?: readonly string[];
  readonly Users?: readonly string[];
  readonly Groups?: readonly string[];
}

function refuseUsers(
  properties: { readonly Users?: readonly string[]; readonly Groups?: readonly string[] },
  request: ResourceRequest,
  cloud: ResourceCloud,
): void {
  if (properties.Users?.length || properties.Groups?.length) {
    throw cloud.refuse(request, 'The local cloud has roles, but no IAM users and groups.');
  }
}

const policy = resourceType<PolicyProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['PolicyName', 'PolicyDocument', 'Roles', 'Users', 'Groups'], request, cloud);
  refuseUsers(properties, request, cloud);
  const { PolicyName, PolicyDocument } = properties;
  for (const RoleName of properties.Roles ?? []) cloud.invoke('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument });
  return { ref: PolicyName, attributes: { Id: PolicyName } };
});

interface RolePolicyProperties extends InlinePolicy {
  readonly RoleName: string;
}

const rolePolicy = resourceType<RolePolicyProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['PolicyName', 'PolicyDocument', 'RoleName'], request, cloud);
  cloud.invoke('iam', 'PutRolePolicy', properties);
  return { ref: properties.PolicyName };
});

interface ManagedPolicyProperties extends Omit<PolicyProperties, 'PolicyName'> {
  readonly ManagedPolicyName?: string;
  readonly Path?: string;
}

const MANAGED_POLICY = ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users', 'Groups', 'Description', 'Tags'];

const managedPolicy = resourceType<ManagedPolicyProperties>((properties, request, cloud) => {
  refuseUnknown(properties, MANAGED_POLICY, request, cloud);
  refuseUsers(properties, request, cloud);
  const created = cloud.invoke<{ Policy: { Arn: string } }>('iam', 'CreatePolicy', {
    PolicyName: properties.ManagedPolicyName ?? request.physicalName(128),
    PolicyDocument: properties.PolicyDocument,
    ...(properties.Path === undefined ? {} : { Path: properties.Path }),
  });
  const { Arn } = created.Policy;
  for (const RoleName of properties.Roles ?? []) attach(RoleName, [Arn], cloud);
  return { ref: Arn, attributes: { PolicyArn: Arn } };
});

/** Kept: nothing in the local cloud runs on machines of its own. */
const instanceProfile = resourceType<{ readonly InstanceProfileName?: string }>((properties, request) => {
  const name = properties.InstanceProfileName ?? request.physicalName(128);
  return { ref: name, attributes: { Arn: `arn:aws:iam::000000000000:instance-profile/${name}` } };
});

export const iamResources: ResourceTypes = {
  'AWS::IAM::Role': role,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::RolePolicy': rolePolicy,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::InstanceProfile': instanceProfile,
};
